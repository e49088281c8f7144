CREATE TABLE "take_landings" (
	"take" uuid PRIMARY KEY NOT NULL,
	"document" uuid NOT NULL,
	"passage" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"outcome" text
);
--> statement-breakpoint
ALTER TABLE "take_landings" ADD CONSTRAINT "take_landings_take_blobs_id_fk" FOREIGN KEY ("take") REFERENCES "public"."blobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "take_landings" ADD CONSTRAINT "take_landings_document_buckets_id_fk" FOREIGN KEY ("document") REFERENCES "public"."buckets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "take_landings_open_index" ON "take_landings" USING btree ("created_at") WHERE settled_at is null;--> statement-breakpoint
CREATE INDEX "take_landings_document_index" ON "take_landings" USING btree ("document");