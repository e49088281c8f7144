CREATE TABLE "blob_keys" (
	"root" uuid NOT NULL,
	"key" text NOT NULL,
	"value" bigint NOT NULL,
	"blob" uuid NOT NULL,
	CONSTRAINT "blob_keys_root_key_value_blob_pk" PRIMARY KEY("root","key","value","blob")
);
--> statement-breakpoint
CREATE TABLE "blob_texts" (
	"blob" uuid PRIMARY KEY NOT NULL,
	"words" "tsvector" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "blob_keys" ADD CONSTRAINT "blob_keys_blob_blobs_id_fk" FOREIGN KEY ("blob") REFERENCES "public"."blobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blob_texts" ADD CONSTRAINT "blob_texts_blob_blobs_id_fk" FOREIGN KEY ("blob") REFERENCES "public"."blobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "blob_keys_blob_index" ON "blob_keys" USING btree ("blob");--> statement-breakpoint
CREATE INDEX "blob_texts_words_index" ON "blob_texts" USING gin ("words");--> statement-breakpoint
CREATE INDEX "blobs_bucket_schema_id_index" ON "blobs" USING btree ("bucket","schema","id");--> statement-breakpoint
CREATE INDEX "blobs_root_id_index" ON "blobs" USING btree ("root","id");--> statement-breakpoint
CREATE INDEX "blobs_trashed_index" ON "blobs" USING btree ("trashed_at") WHERE trashed_at is not null;--> statement-breakpoint
-- By hand from here on: drizzle-kit knows no functions.
-- The strings of a value, indexed up to 256 KiB (fewer characters where they take more than a byte each).
CREATE FUNCTION "blob_words"(content jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT to_tsvector('simple', coalesce(left(said, CASE WHEN octet_length(said) = char_length(said) THEN 262144 ELSE 87381 END), ''))
	FROM (SELECT string_agg(value #>> '{}', ' ') AS said FROM jsonb_path_query(content, 'strict $.** ? (@.type() == "string")') AS value) AS strings
$$;--> statement-breakpoint
CREATE FUNCTION "index_blob"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF tg_op = 'INSERT' OR new.metadata IS DISTINCT FROM old.metadata THEN
		IF tg_op = 'UPDATE' THEN
			DELETE FROM blob_keys WHERE blob = new.id;
		END IF;
		INSERT INTO blob_keys (root, key, value, blob)
		SELECT new.root, entry.key, hashtextextended(entry.value #>> '{}', 0), new.id
		FROM jsonb_each(new.metadata) AS entry
		WHERE jsonb_typeof(entry.value) = 'string' AND char_length(entry.key) <= 100;
	END IF;
	IF tg_op = 'INSERT' OR new.content IS DISTINCT FROM old.content THEN
		INSERT INTO blob_texts (blob, words) VALUES (new.id, blob_words(new.content))
		ON CONFLICT (blob) DO UPDATE SET words = excluded.words;
	END IF;
	RETURN NULL;
END
$$;--> statement-breakpoint
CREATE TRIGGER "blobs_index" AFTER INSERT OR UPDATE OF content, metadata ON "blobs" FOR EACH ROW EXECUTE FUNCTION "index_blob"();--> statement-breakpoint
INSERT INTO "blob_texts" ("blob", "words") SELECT "id", blob_words("content") FROM "blobs";--> statement-breakpoint
INSERT INTO "blob_keys" ("root", "key", "value", "blob")
SELECT "root", entry.key, hashtextextended(entry.value #>> '{}', 0), "id" FROM "blobs", jsonb_each("metadata") AS entry
WHERE jsonb_typeof(entry.value) = 'string' AND char_length(entry.key) <= 100;
