CREATE TABLE "schema_configs" (
	"name" text PRIMARY KEY NOT NULL,
	"compatibility" text NOT NULL,
	"policy" text NOT NULL,
	"set_by" uuid,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "schema_configs" ADD CONSTRAINT "schema_configs_set_by_accounts_id_fk" FOREIGN KEY ("set_by") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;