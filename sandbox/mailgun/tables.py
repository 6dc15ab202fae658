"""The tables of the mailbox, in the store's database."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS mailgun_messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    json TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS mailgun_recipients (
    address TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (address, seq)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mailgun_recipients_seq ON mailgun_recipients (seq);
CREATE TABLE IF NOT EXISTS mailgun_attachments (
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (seq, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mailgun_events (
    id TEXT PRIMARY KEY,
    domain TEXT NOT NULL,
    message_seq INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    timestamp REAL NOT NULL,
    json TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mailgun_events_time ON mailgun_events (domain, timestamp, id);
CREATE INDEX IF NOT EXISTS mailgun_events_recipient ON mailgun_events (recipient, timestamp, id);
CREATE INDEX IF NOT EXISTS mailgun_events_message_id ON mailgun_events (message_id);
CREATE INDEX IF NOT EXISTS mailgun_events_message ON mailgun_events (message_seq);
"""
# Each table's column that names the message, in the order to delete from.
TABLES = {
    "mailgun_recipients": "seq",
    "mailgun_attachments": "seq",
    "mailgun_events": "message_seq",
    "mailgun_messages": "seq",
}
