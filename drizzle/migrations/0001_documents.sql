CREATE TABLE "document_states" (
	"document" uuid PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"state" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "document_updates" (
	"document" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"update" "bytea" NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "document_updates_document_seq_pk" PRIMARY KEY("document","seq")
);
--> statement-breakpoint
CREATE TABLE "document_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"document" uuid NOT NULL,
	"root" uuid NOT NULL,
	"name" text,
	"reason" text NOT NULL,
	"seq" bigint NOT NULL,
	"words" integer NOT NULL,
	"state" "bytea" NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"bucket" uuid PRIMARY KEY NOT NULL,
	"root" uuid NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"dirty_since" timestamp (3) with time zone,
	"snapshot" uuid,
	"snapshot_seq" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP TABLE "passages" CASCADE;--> statement-breakpoint
ALTER TABLE "document_states" ADD CONSTRAINT "document_states_document_documents_bucket_fk" FOREIGN KEY ("document") REFERENCES "public"."documents"("bucket") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_updates" ADD CONSTRAINT "document_updates_document_documents_bucket_fk" FOREIGN KEY ("document") REFERENCES "public"."documents"("bucket") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_document_documents_bucket_fk" FOREIGN KEY ("document") REFERENCES "public"."documents"("bucket") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_bucket_buckets_id_fk" FOREIGN KEY ("bucket") REFERENCES "public"."buckets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "document_versions_document_id_index" ON "document_versions" USING btree ("document","id");--> statement-breakpoint
CREATE INDEX "documents_dirty_index" ON "documents" USING btree ("dirty_since") WHERE dirty_since is not null;