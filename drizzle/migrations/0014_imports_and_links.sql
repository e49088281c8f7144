CREATE TABLE "imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account" uuid NOT NULL,
	"name" text NOT NULL,
	"format" text NOT NULL,
	"size" bigint NOT NULL,
	"title" text NOT NULL,
	"author" text,
	"manuscript" "bytea" NOT NULL,
	"losses" jsonb NOT NULL,
	"rule" jsonb NOT NULL,
	"outline" jsonb NOT NULL,
	"book" uuid,
	"made" uuid[],
	"made_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "link_tries" (
	"link" uuid NOT NULL,
	"peer" text NOT NULL,
	"count" integer NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "link_tries_link_peer_pk" PRIMARY KEY("link","peer")
);
--> statement-breakpoint
CREATE TABLE "links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"root" uuid NOT NULL,
	"bucket" uuid NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"hash" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"password_hash" text,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" text,
	CONSTRAINT "links_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_account_accounts_id_fk" FOREIGN KEY ("account") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link_tries" ADD CONSTRAINT "link_tries_link_links_id_fk" FOREIGN KEY ("link") REFERENCES "public"."links"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_bucket_buckets_id_fk" FOREIGN KEY ("bucket") REFERENCES "public"."buckets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "imports_account_id_index" ON "imports" USING btree ("account","id");--> statement-breakpoint
CREATE INDEX "links_bucket_id_index" ON "links" USING btree ("bucket","id");--> statement-breakpoint
CREATE INDEX "links_root_index" ON "links" USING btree ("root");