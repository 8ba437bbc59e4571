import type { ColumnType, Generated } from "kysely";

/** Moments are read as ISO text and written as text. */
type Moment = ColumnType<string, string | undefined, string>;

/** The tables that every record shares, as db/migrations/0001-kernel.sql makes them. */
export interface Database {
  organisations: {
    id: Generated<string>;
    name: string;
    demo: Generated<boolean>;
    division: Generated<string>;
    brand_colour: Generated<string>;
    logo_file: Generated<string | null>;
    logo_sha256: Generated<Buffer | null>;
    logo_width: Generated<number | null>;
    logo_height: Generated<number | null>;
    logo_tone: Generated<"dark" | "light" | "own" | null>;
    created_at: Moment;
  };
  record_types: { name: string };
  records: {
    organisation_id: string;
    id: Generated<string>;
    type: string;
    reference: string;
    title: string;
    state: string;
    owner_id: string | null;
    team_id: string | null;
    requester_id: string | null;
    within_id: string | null;
    created_by: string | null;
    sensitivity: Generated<string>;
    opened_at: Moment;
    updated_at: Moment;
    next_due_at: Moment;
    closed_at: ColumnType<string | null, string | null, string | null>;
    version: Generated<number>;
    event_count: Generated<number>;
    search: unknown;
    search_public: unknown;
  };
  events: {
    organisation_id: string;
    record_id: string;
    sequence: number;
    at: Moment;
    recorded_at: Moment;
    actor_id: string | null;
    verb: string;
    audience: string;
    type: string;
  };
  event_bodies: {
    organisation_id: string;
    record_id: string;
    sequence: number;
    body: unknown;
    erased_by_certificate: string | null;
  };
  clocks: {
    organisation_id: string;
    record_id: string;
    name: string;
    state: string;
    started_at: Moment;
    due_at: ColumnType<string | null, string | null, string | null>;
    stopped_at: ColumnType<string | null, string | null, string | null>;
    outcome: string | null;
    target_minutes: number | null;
    elapsed_minutes: number;
    paused_minutes: number;
    met_only_by_pause: boolean;
    policy_version: string;
    calendar_version: string;
    next_warning_at: ColumnType<string, string | undefined, string>;
  };
  links: { organisation_id: string; from_id: string; relation: string; to_id: string; created_at: Moment };
  saved_views: {
    organisation_id: string;
    id: Generated<string>;
    person_id: string;
    type: string;
    name: string;
    query: string;
    team_id: string | null;
  };
  view_starts: { organisation_id: string; person_id: string; type: string; view_id: string };
  submissions: {
    organisation_id: string;
    person_id: string;
    key: string;
    request_hash: Buffer;
    status: number | null;
    location: string | null;
    record_id: string | null;
    made_at: Moment;
  };
  files: {
    organisation_id: string;
    id: Generated<string>;
    record_id: string | null;
    name: string;
    media_type: string;
    size_bytes: number;
    sha256: Buffer;
    uploaded_by: string | null;
    uploaded_at: Moment;
  };
  watchers: { organisation_id: string; record_id: string; person_id: string; since: Moment };
  notifications: {
    organisation_id: string;
    id: Generated<string>;
    person_id: string;
    kind: string;
    record_id: string;
    sequence: number | null;
    about: string;
    actor_id: string | null;
    made_at: Moment;
    read_at: ColumnType<string | null, string | null, string | null>;
    in_product: Generated<boolean>;
  };
  notification_choices: {
    organisation_id: string;
    person_id: string;
    kind: string;
    channel: string;
    choice: string;
  };
  notification_times: {
    organisation_id: string;
    person_id: string;
    digest_at: string;
    quiet_from: string | null;
    quiet_until: string | null;
  };
}
