CREATE TABLE "writing_goals" (
	"account" uuid PRIMARY KEY NOT NULL,
	"words" integer NOT NULL,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "writing_goals" ADD CONSTRAINT "writing_goals_account_accounts_id_fk" FOREIGN KEY ("account") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;