CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"administrator_since" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "accounts_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "blob_revisions" (
	"blob" uuid NOT NULL,
	"revision" integer NOT NULL,
	"schema" text NOT NULL,
	"schema_version" integer NOT NULL,
	"content" jsonb NOT NULL,
	"metadata" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "blob_revisions_blob_revision_pk" PRIMARY KEY("blob","revision")
);
--> statement-breakpoint
CREATE TABLE "blobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"root" uuid NOT NULL,
	"bucket" uuid NOT NULL,
	"schema" text NOT NULL,
	"schema_version" integer NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"content" jsonb NOT NULL,
	"metadata" jsonb NOT NULL,
	"derived_from" uuid,
	"run" uuid,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"trashed_at" timestamp (3) with time zone,
	"trashed_by" text,
	CONSTRAINT "blobs_run_unique" UNIQUE("run")
);
--> statement-breakpoint
CREATE TABLE "buckets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"root" uuid NOT NULL,
	"parent" uuid,
	"path" uuid[] NOT NULL,
	"type" text NOT NULL,
	"type_version" integer NOT NULL,
	"name" text NOT NULL,
	"position" text NOT NULL,
	"metadata" jsonb NOT NULL,
	"ai" boolean DEFAULT true NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"trashed_at" timestamp (3) with time zone,
	"trashed_by" text
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" uuid NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp (3) with time zone,
	"refresh_token_expires_at" timestamp (3) with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"offset" bigint,
	"id" uuid NOT NULL,
	"root" uuid,
	"path" uuid[] NOT NULL,
	"type" text NOT NULL,
	"subject" text NOT NULL,
	"actor" text NOT NULL,
	"data" jsonb NOT NULL,
	"traceparent" text,
	"time" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"account" uuid NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"key" text NOT NULL,
	"body_hash" text NOT NULL,
	"status" integer NOT NULL,
	"answer" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_account_method_path_key_pk" PRIMARY KEY("account","method","path","key")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"root" uuid NOT NULL,
	"account" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "members_root_account_pk" PRIMARY KEY("root","account")
);
--> statement-breakpoint
CREATE TABLE "passages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"root" uuid NOT NULL,
	"chapter" uuid NOT NULL,
	"position" text NOT NULL,
	"notes" text DEFAULT '' NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "processors" (
	"id" text PRIMARY KEY NOT NULL,
	"version" text NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"inputs" text[] NOT NULL,
	"output" text NOT NULL,
	"trigger" text NOT NULL,
	"permissions" text[] NOT NULL,
	"config" jsonb,
	"attempts" integer NOT NULL,
	"installed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_attempts" (
	"run" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"worker" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"outcome" text,
	"error" jsonb,
	CONSTRAINT "run_attempts_run_attempt_pk" PRIMARY KEY("run","attempt")
);
--> statement-breakpoint
CREATE TABLE "run_partials" (
	"run" uuid PRIMARY KEY NOT NULL,
	"attempt" integer NOT NULL,
	"text" text NOT NULL,
	"model" text,
	"practice" boolean DEFAULT false NOT NULL,
	"saved_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"root" uuid NOT NULL,
	"bucket" uuid NOT NULL,
	"processor" text NOT NULL,
	"processor_version" text NOT NULL,
	"blob" uuid NOT NULL,
	"revision" integer NOT NULL,
	"request" text NOT NULL,
	"config" jsonb NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"max_attempts" integer NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"claimed_by" text,
	"lease_until" timestamp (3) with time zone,
	"sweep" integer DEFAULT 0 NOT NULL,
	"swept_at" timestamp (3) with time zone,
	"progress" jsonb,
	"usage" jsonb,
	"error" jsonb,
	"read" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"cancel_requested_at" timestamp (3) with time zone,
	"cancel_requested_by" text,
	"queued_by" text NOT NULL,
	"queued_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"traceparent" text,
	CONSTRAINT "runs_once" UNIQUE("processor","processor_version","blob","revision","request")
);
--> statement-breakpoint
CREATE TABLE "schema_versions" (
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"source" text NOT NULL,
	"hash" text NOT NULL,
	"title" text,
	"owner" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deprecated_at" timestamp (3) with time zone,
	CONSTRAINT "schema_versions_name_version_pk" PRIMARY KEY("name","version")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"user_id" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "studio" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"epoch" uuid DEFAULT gen_random_uuid() NOT NULL,
	"last_offset" bigint DEFAULT 0 NOT NULL,
	"published_offset" bigint DEFAULT 0 NOT NULL,
	"pruned_offset" bigint DEFAULT 0 NOT NULL,
	"setup_code" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "blob_revisions" ADD CONSTRAINT "blob_revisions_blob_blobs_id_fk" FOREIGN KEY ("blob") REFERENCES "public"."blobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blobs" ADD CONSTRAINT "blobs_bucket_buckets_id_fk" FOREIGN KEY ("bucket") REFERENCES "public"."buckets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "buckets" ADD CONSTRAINT "buckets_parent_buckets_id_fk" FOREIGN KEY ("parent") REFERENCES "public"."buckets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_user_id_accounts_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_account_accounts_id_fk" FOREIGN KEY ("account") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_root_buckets_id_fk" FOREIGN KEY ("root") REFERENCES "public"."buckets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_account_accounts_id_fk" FOREIGN KEY ("account") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passages" ADD CONSTRAINT "passages_chapter_buckets_id_fk" FOREIGN KEY ("chapter") REFERENCES "public"."buckets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD CONSTRAINT "run_attempts_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_partials" ADD CONSTRAINT "run_partials_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_blob_blobs_id_fk" FOREIGN KEY ("blob") REFERENCES "public"."blobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schema_versions" ADD CONSTRAINT "schema_versions_owner_accounts_id_fk" FOREIGN KEY ("owner") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_accounts_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "blobs_bucket_id_index" ON "blobs" USING btree ("bucket","id");--> statement-breakpoint
CREATE INDEX "blobs_root_schema_id_index" ON "blobs" USING btree ("root","schema","id");--> statement-breakpoint
CREATE INDEX "blobs_derived_from_id_index" ON "blobs" USING btree ("derived_from","id") WHERE derived_from is not null;--> statement-breakpoint
CREATE INDEX "buckets_parent_position_id_index" ON "buckets" USING btree ("parent","position","id");--> statement-breakpoint
CREATE INDEX "buckets_root_id_index" ON "buckets" USING btree ("root","id");--> statement-breakpoint
CREATE INDEX "buckets_path_index" ON "buckets" USING gin ("path");--> statement-breakpoint
CREATE INDEX "credentials_user_id_index" ON "credentials" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "events_offset_index" ON "events" USING btree ("offset");--> statement-breakpoint
CREATE INDEX "events_unnumbered_index" ON "events" USING btree ("seq") WHERE "offset" is null;--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at_index" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "members_account_index" ON "members" USING btree ("account");--> statement-breakpoint
CREATE INDEX "passages_chapter_position_id_index" ON "passages" USING btree ("chapter","position","id");--> statement-breakpoint
CREATE INDEX "runs_blob_id_index" ON "runs" USING btree ("blob","id");--> statement-breakpoint
CREATE INDEX "runs_root_id_index" ON "runs" USING btree ("root","id");--> statement-breakpoint
CREATE INDEX "runs_open_index" ON "runs" USING btree ("due_at") WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "schema_versions_hash_index" ON "schema_versions" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "sessions_user_id_index" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "verifications_identifier_index" ON "verifications" USING btree ("identifier");