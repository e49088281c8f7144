CREATE TABLE "schema_contents" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "schema_contents_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"hash" text NOT NULL,
	CONSTRAINT "schema_contents_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "schema_deletions" (
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"source" text,
	"hash" text NOT NULL,
	"pins" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"owner" uuid,
	"deleted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_by" text NOT NULL,
	CONSTRAINT "schema_deletions_name_version_pk" PRIMARY KEY("name","version")
);
--> statement-breakpoint
ALTER TABLE "schema_versions" ADD COLUMN "deprecated_by" text;--> statement-breakpoint
ALTER TABLE "schema_versions" ADD COLUMN "pins" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "schema_deletions" ADD CONSTRAINT "schema_deletions_owner_accounts_id_fk" FOREIGN KEY ("owner") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "schema_deletions_hash_index" ON "schema_deletions" USING btree ("hash");