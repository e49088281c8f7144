CREATE TABLE "model_settings" (
	"id" text PRIMARY KEY NOT NULL,
	"base_url" text,
	"model" text,
	"api_key" "bytea",
	"input_price" double precision,
	"output_price" double precision,
	"monthly_limit" double precision,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "spending" (
	"account" uuid NOT NULL,
	"root" uuid NOT NULL,
	"month" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"input_tokens" bigint DEFAULT 0 NOT NULL,
	"output_tokens" bigint DEFAULT 0 NOT NULL,
	"cost" double precision DEFAULT 0 NOT NULL,
	CONSTRAINT "spending_account_month_root_pk" PRIMARY KEY("account","month","root")
);
--> statement-breakpoint
ALTER TABLE "processors" ADD COLUMN "max_hops" integer DEFAULT 8 NOT NULL;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD COLUMN "usage" jsonb;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD COLUMN "cost" double precision;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "account" uuid;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "hop" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "cost" double precision;--> statement-breakpoint
ALTER TABLE "spending" ADD CONSTRAINT "spending_account_accounts_id_fk" FOREIGN KEY ("account") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;