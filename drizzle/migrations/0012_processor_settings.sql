CREATE TABLE "processor_consents" (
	"root" uuid NOT NULL,
	"processor" text NOT NULL,
	"enabled" boolean NOT NULL,
	"trigger" text,
	"config" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"set_by" text NOT NULL,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "processor_consents_root_processor_pk" PRIMARY KEY("root","processor")
);
--> statement-breakpoint
CREATE TABLE "processor_versions" (
	"processor" text NOT NULL,
	"version" text NOT NULL,
	"manifest" jsonb NOT NULL,
	"installed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "processor_versions_processor_version_pk" PRIMARY KEY("processor","version")
);
--> statement-breakpoint
CREATE TABLE "provider_pauses" (
	"provider" text PRIMARY KEY NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"sentence" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "processors" ADD COLUMN "states_hops" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "processors" ADD COLUMN "open" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "processors" ADD COLUMN "set_trigger" text;--> statement-breakpoint
ALTER TABLE "processors" ADD COLUMN "set_config" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "processors" ADD COLUMN "disabled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "processors" ADD COLUMN "disabled_by" text;--> statement-breakpoint
ALTER TABLE "processors" ADD COLUMN "paused_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "processors" ADD COLUMN "paused_by" text;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD COLUMN "version" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "priority" smallint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "slot" smallint;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "held_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "processor_consents" ADD CONSTRAINT "processor_consents_root_buckets_id_fk" FOREIGN KEY ("root") REFERENCES "public"."buckets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_slots" ON "runs" USING btree ("account","slot") WHERE status = 'running';--> statement-breakpoint
CREATE INDEX "runs_held_index" ON "runs" USING btree ("account") WHERE held_at is not null;--> statement-breakpoint
CREATE INDEX "runs_dead_index" ON "runs" USING btree ("root","id") WHERE status = 'dead';