CREATE TABLE answers (
  tenant TEXT NOT NULL,
  "key" TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  body BLOB NOT NULL,
  created DOUBLE NOT NULL,
  PRIMARY KEY (tenant, "key")
);

CREATE INDEX ix_answers_created ON answers (created);

CREATE TABLE deliveries (
  id TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  event TEXT NOT NULL,
  type TEXT NOT NULL,
  session TEXT NOT NULL,
  seq BIGINT NOT NULL,
  created DOUBLE NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due DOUBLE NOT NULL,
  claimed DOUBLE,
  status INTEGER,
  error TEXT,
  body BLOB,
  PRIMARY KEY (id)
);

CREATE INDEX deliveries_by_claim ON deliveries (endpoint, claimed) WHERE claimed IS NOT NULL;

CREATE INDEX deliveries_by_due ON deliveries (endpoint, state, due);

CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint, id);

CREATE INDEX deliveries_by_session ON deliveries (session, seq);

CREATE TABLE endpoints (
  id TEXT NOT NULL,
  tenant TEXT NOT NULL,
  url TEXT NOT NULL,
  secrets TEXT NOT NULL,
  created DOUBLE NOT NULL,
  types TEXT NOT NULL,
  session TEXT,
  disabled TEXT,
  PRIMARY KEY (id)
);

CREATE INDEX ix_endpoints_tenant ON endpoints (tenant);

CREATE TABLE events (
  session TEXT NOT NULL,
  seq BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  time DOUBLE NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (session, seq),
  UNIQUE (id)
);

CREATE INDEX events_that_notify ON events (id) WHERE type = 'notification.action_item';

CREATE TABLE journal (
  number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  session TEXT NOT NULL,
  record TEXT NOT NULL
);

CREATE INDEX journal_by_session ON journal (session, number);

CREATE TABLE keys (
  id TEXT NOT NULL,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created DOUBLE NOT NULL,
  session TEXT,
  expires DOUBLE,
  revoked DOUBLE,
  PRIMARY KEY (id),
  UNIQUE (digest)
);

CREATE INDEX ix_keys_tenant ON keys (tenant);

CREATE TABLE receipts (
  writer TEXT NOT NULL,
  number BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  time DOUBLE NOT NULL,
  PRIMARY KEY (writer)
);

CREATE TABLE schema_version (
  version INTEGER NOT NULL,
  PRIMARY KEY (version)
);

CREATE TABLE sessions (
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  settings TEXT NOT NULL,
  created DOUBLE NOT NULL,
  state TEXT NOT NULL,
  ended DOUBLE,
  reason TEXT,
  owner TEXT,
  epoch BIGINT NOT NULL,
  lease DOUBLE NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (id)
);

CREATE INDEX sessions_by_lease ON sessions (state, lease);

CREATE INDEX sessions_by_tenant ON sessions (tenant, kind, id);

CREATE TABLE state (
  session TEXT NOT NULL,
  "key" TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (session, "key")
);
