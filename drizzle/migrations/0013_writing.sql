CREATE TABLE "writing" (
	"account" uuid NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"document" uuid NOT NULL,
	"root" uuid NOT NULL,
	"typed" integer DEFAULT 0 NOT NULL,
	"accepted" integer DEFAULT 0 NOT NULL,
	"passage" text,
	"caret" integer,
	"written_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "writing_account_hour_document_pk" PRIMARY KEY("account","hour","document")
);
--> statement-breakpoint
ALTER TABLE "writing" ADD CONSTRAINT "writing_account_accounts_id_fk" FOREIGN KEY ("account") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;