-- An id as the studio makes them (UUIDv7, RFC 9562): for rows that a statement makes as many of as it finds reason to.
-- Postgres has its own from 18 on.
CREATE FUNCTION "new_id"() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid()) placing
        substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;
