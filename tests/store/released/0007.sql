BEGIN TRANSACTION;
CREATE TABLE agent_sessions (
	token_hash TEXT NOT NULL, 
	agent_id TEXT NOT NULL, 
	csrf TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_agent_sessions PRIMARY KEY (token_hash), 
	CONSTRAINT fk_agent_sessions_agent_id FOREIGN KEY(agent_id) REFERENCES agents (id)
);
CREATE TABLE agents (
	id TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	role VARCHAR(24) NOT NULL, 
	password_hash TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	locked_until DATETIME, 
	created_at DATETIME NOT NULL, 
	disabled_at DATETIME, email TEXT, 
	CONSTRAINT pk_agents PRIMARY KEY (id), 
	CONSTRAINT ck_agents_role CHECK (role IN ('agent', 'lead', 'content_owner', 'admin')), 
	CONSTRAINT ck_agents_failures CHECK (failures >= 0)
);
INSERT INTO "agents" VALUES('lena','Lena Moss','lead','-',0,NULL,'2026-03-02 16:00:00.000000',NULL,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
CREATE TABLE appointments (
	ase_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	purchase_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	site_id TEXT NOT NULL, 
	starts_at TEXT NOT NULL, 
	starts_utc DATETIME NOT NULL, 
	status VARCHAR(24) NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_appointments PRIMARY KEY (ase_id, id), 
	CONSTRAINT ck_appointments_status CHECK (status IN ('booked', 'cancelled', 'kept', 'no_show')), 
	CONSTRAINT fk_appointments_ase_id_purchase_id FOREIGN KEY(ase_id, purchase_id) REFERENCES purchases (ase_id, id), 
	CONSTRAINT fk_appointments_site_id FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT uq_appointments_ase_id_purchase_id_number UNIQUE (ase_id, purchase_id, number)
);
INSERT INTO "appointments" VALUES('ASE-2000-0001','AP-A5','P-A5',1,'CHI-01','2026-03-20T09:00:00','2026-03-20 14:00:00.000000','booked',1);
INSERT INTO "appointments" VALUES('ASE-2000-0001','AP-A6','P-A6',1,'CHI-01','2026-03-24T13:00:00','2026-03-24 18:00:00.000000','booked',1);
INSERT INTO "appointments" VALUES('ASE-2000-0001','AP-A8','P-A8',1,'CHI-01','2026-02-20T09:00:00','2026-02-20 15:00:00.000000','kept',1);
INSERT INTO "appointments" VALUES('ASE-2000-0002','AP-A5-2','P-A5',1,'CHI-01','2026-03-09T08:00:00','2026-03-09 13:00:00.000000','booked',1);
INSERT INTO "appointments" VALUES('ASE-2000-0004','AP-A5-4','P-A5',1,'CHI-01','2026-03-05T10:05:00','2026-03-05 16:05:00.000000','booked',1);
INSERT INTO "appointments" VALUES('ASE-2000-0001','AP-1970E61D','P-A4',1,'CHI-01','2026-03-13T14:00:00','2026-03-13 19:00:00.000000','cancelled',2);
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor_kind VARCHAR(24) NOT NULL, 
	actor_id TEXT, 
	channel VARCHAR(24) NOT NULL, 
	action TEXT NOT NULL, 
	conversation_id TEXT, 
	policy_digest TEXT, 
	model TEXT, 
	content_hash TEXT NOT NULL, 
	previous_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	salt TEXT, 
	subject TEXT, 
	"before" JSON, 
	"after" JSON, 
	decision JSON, 
	CONSTRAINT pk_audit PRIMARY KEY (seq), 
	CONSTRAINT ck_audit_actor_kind CHECK (actor_kind IN ('candidate', 'agent', 'system', 'anonymous')), 
	CONSTRAINT uq_audit_hash UNIQUE (hash)
);
INSERT INTO "audit" VALUES(1,'2026-03-02 16:00:00.000000','candidate',NULL,'web','book','c-ASE-2000-0001','186b7bf2f31fea1a60edcfe01fa2790bfccf3f997e9f7b590be96af06e69a93b',NULL,'1b1f8bf78088a27df6f9db2627ac3cbe65dcb46bbaf682668d6ee7304522c732','0000000000000000000000000000000000000000000000000000000000000000','fb6674c5cd6d1aceec1196c14d47039c0ed829598e6002719681f18659e1ecf1','46f9893145e33da1a422f16d608ab414','ASE-2000-0001','{"purchase_id": "P-A4", "test": "A4", "appointment": null}','{"purchase_id": "P-A4", "test": "A4", "appointment": {"id": "AP-1970E61D", "site": "CHI-01", "starts_at": "2026-03-13T14:00:00", "status": "booked"}}','{"rule": "schedule_test", "outcome": "allowed", "subject": {"test": "A4"}, "reasons": [{"code": "can_schedule", "values": {"test": "A4", "purchase_id": "P-A4", "purchased_on": "2026-02-05", "must_test_by": "2026-05-06", "days_left": 65, "starts_at": "2026-03-13T14:00:00-05:00", "site": "CHI-01", "site_name": "Chicago North"}, "policy": [{"id": "purchase_window.days", "value": 90, "from": "2022-09-20", "source": "faq/registration"}]}], "closes_at": "2026-05-07T00:00:00-05:00"}');
INSERT INTO "audit" VALUES(2,'2026-03-02 16:00:00.000000','candidate',NULL,'web','undo','c-ASE-2000-0001','186b7bf2f31fea1a60edcfe01fa2790bfccf3f997e9f7b590be96af06e69a93b',NULL,'e60b1378fe88f2960e042a4fed484429e292f69522e305321c9861c890404d8d','fb6674c5cd6d1aceec1196c14d47039c0ed829598e6002719681f18659e1ecf1','2831a69be2b0c8cd4b7a9834431ee47f0d505f898cbc3608cac778943c1c0cf9','c6037ffd18fec754141fe11df5d5f807','ASE-2000-0001','{"purchase_id": "P-A4", "test": "A4", "appointment": {"id": "AP-1970E61D", "site": "CHI-01", "starts_at": "2026-03-13T14:00:00", "status": "booked"}}','{"purchase_id": "P-A4", "test": "A4", "appointment": {"id": "AP-1970E61D", "site": "CHI-01", "starts_at": "2026-03-13T14:00:00", "status": "cancelled"}, "undone": "book"}','{"rule": "cancel_appointment", "outcome": "allowed", "subject": {"test": "A4", "appointment_id": "AP-1970E61D"}, "reasons": [{"code": "can_cancel_appointment", "values": {"test": "A4", "purchase_id": "P-A4", "purchased_on": "2026-02-05", "must_test_by": "2026-05-06", "days_left": 65, "appointment_id": "AP-1970E61D", "starts_at": "2026-03-13T14:00:00-05:00", "site": "CHI-01", "site_name": "Chicago North", "change_by": "2026-03-10T14:00:00-05:00"}, "policy": [{"id": "purchase_window.days", "value": 90, "from": "2022-09-20", "source": "faq/registration"}, {"id": "change_cutoff.days", "value": 3, "from": "2022-09-20", "source": "faq/appointment_changes"}, {"id": "change_cutoff.reading", "value": "wall_clock", "from": "2022-09-20", "source": "faq/appointment_changes", "interpretation": true}]}], "closes_at": "2026-03-10T14:00:00-05:00"}');
INSERT INTO "audit" VALUES(3,'2026-03-02 16:00:00.000000','candidate',NULL,'web','duplicate_certificate','c-ASE-2000-0001','186b7bf2f31fea1a60edcfe01fa2790bfccf3f997e9f7b590be96af06e69a93b',NULL,'d0d9b56af3dd0b3c46ff549ec2f2ccd571238740b910e7490ad734e53f485394','2831a69be2b0c8cd4b7a9834431ee47f0d505f898cbc3608cac778943c1c0cf9','5a73ceb631fabad66405a733106505982373f146adbf9924c7aa63727ebf9436','9d44028456f03c845e7083e232f7c35e','ASE-2000-0001','null','{"series": ["automobile"], "fee_per_series": "7.50", "total": "7.50", "send_to": {"line1": "1 Main St", "line2": null, "city": "Chicago", "region": "IL", "postal_code": "60505", "country": "US"}}','{"rule": "duplicate_certificate", "outcome": "allowed", "subject": {"series": "automobile"}, "reasons": [{"code": "duplicate_available", "values": {"series": ["automobile"], "fee_per_series": "7.50", "total": "7.50"}, "policy": [{"id": "duplicate.fee", "value": "7.50", "from": "2022-09-20", "source": "faq/duplicate_certificate"}]}], "fee": "7.50"}');
CREATE TABLE audit_head (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	hash TEXT NOT NULL, signature TEXT, 
	CONSTRAINT pk_audit_head PRIMARY KEY (id), 
	CONSTRAINT ck_audit_head_single CHECK (id = 1)
);
INSERT INTO "audit_head" VALUES(1,3,'5a73ceb631fabad66405a733106505982373f146adbf9924c7aa63727ebf9436',NULL);
CREATE TABLE calls (
	provider VARCHAR(24) NOT NULL, 
	call_id TEXT NOT NULL, 
	conversation_id TEXT NOT NULL, 
	caller TEXT, 
	pending JSON, 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_calls PRIMARY KEY (provider, call_id), 
	CONSTRAINT ck_calls_nothing_pending CHECK (ended_at IS NULL OR pending IS NULL), 
	CONSTRAINT fk_calls_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE TABLE candidates (
	ase_id TEXT NOT NULL, 
	first_name TEXT, 
	last_name TEXT, 
	email TEXT, 
	phone TEXT, 
	time_zone TEXT, 
	address_line1 TEXT, 
	address_line2 TEXT, 
	address_city TEXT, 
	address_region TEXT, 
	address_postal_code TEXT, 
	address_country TEXT, 
	address_changed_on DATE, 
	experience_status VARCHAR(24) NOT NULL, 
	experience_submitted_on DATE, 
	experience_decided_on DATE, 
	accommodation_status VARCHAR(24) NOT NULL, 
	accommodation_submitted_on DATE, 
	accommodation_decided_on DATE, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_candidates PRIMARY KEY (ase_id), 
	CONSTRAINT ck_candidates_accommodation_status CHECK (accommodation_status IN ('none', 'in_review', 'approved', 'denied')), 
	CONSTRAINT ck_candidates_experience_status CHECK (experience_status IN ('not_submitted', 'in_review', 'approved', 'returned')), 
	CONSTRAINT ck_candidates_address_whole CHECK ((address_line1 IS NULL) = (address_city IS NULL) AND (address_line1 IS NULL) = (address_region IS NULL) AND (address_line1 IS NULL) = (address_postal_code IS NULL) AND (address_line1 IS NULL) = (address_country IS NULL)), 
	CONSTRAINT ck_candidates_name_whole CHECK ((first_name IS NULL) = (last_name IS NULL)), 
	CONSTRAINT ck_candidates_address_line2 CHECK (address_line2 IS NULL OR address_line1 IS NOT NULL)
);
INSERT INTO "candidates" VALUES('ASE-2000-0001','Mia','Lindqvist','mia@example.org',NULL,'America/Chicago','1 Main St',NULL,'Chicago','IL','60505','US',NULL,'approved','2025-12-01','2025-12-15','none',NULL,NULL,4);
INSERT INTO "candidates" VALUES('ASE-2000-0002','Noah','Brandt','noah@example.org',NULL,'America/Chicago','2 Main St',NULL,'Chicago','IL','60505','US',NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2000-0003','Olga','Pereira','olga@example.org',NULL,'America/Chicago','3 Main St',NULL,'Chicago','IL','60505','US',NULL,'not_submitted',NULL,NULL,'in_review','2026-02-20',NULL,1);
INSERT INTO "candidates" VALUES('ASE-2000-0004','Paul','Quaye','paul@example.org',NULL,'America/Chicago','4 Main St',NULL,'Chicago','IL','60505','US',NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2000-0005','Ruth','Sato',NULL,NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0000','Racer','Number0','r0@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0001','Racer','Number1','r1@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0002','Racer','Number2','r2@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0003','Racer','Number3','r3@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0004','Racer','Number4','r4@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0005','Racer','Number5','r5@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0006','Racer','Number6','r6@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0007','Racer','Number7','r7@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0008','Racer','Number8','r8@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
INSERT INTO "candidates" VALUES('ASE-2100-0009','Racer','Number9','r9@example.org',NULL,'America/Chicago',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'not_submitted',NULL,NULL,'none',NULL,NULL,1);
CREATE TABLE certifications (
	ase_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	test TEXT NOT NULL, 
	certified_on DATE NOT NULL, 
	CONSTRAINT pk_certifications PRIMARY KEY (ase_id, position), 
	CONSTRAINT fk_certifications_ase_id FOREIGN KEY(ase_id) REFERENCES candidates (ase_id)
);
INSERT INTO "certifications" VALUES('ASE-2000-0001',0,'A2','2023-05-01');
INSERT INTO "certifications" VALUES('ASE-2000-0001',1,'A3','2024-05-01');
INSERT INTO "certifications" VALUES('ASE-2000-0001',2,'A8','2026-02-20');
INSERT INTO "certifications" VALUES('ASE-2000-0001',3,'P2','2024-06-01');
CREATE TABLE changes (
	"key" TEXT NOT NULL, 
	request_hash TEXT NOT NULL, 
	ase_id TEXT NOT NULL, 
	kind VARCHAR(24) NOT NULL, 
	outcome JSON NOT NULL, 
	undone_by TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_changes PRIMARY KEY ("key"), 
	CONSTRAINT fk_changes_ase_id FOREIGN KEY(ase_id) REFERENCES candidates (ase_id)
);
INSERT INTO "changes" VALUES('fd68af810b304136986fba602601ced7','e160b7c8c73ef0df6bfea8bdf733a51e0211b854735e4c559afa0891487c8a4d','ASE-2000-0001','book','{"before": {"purchase_id": "P-A4", "test": "A4", "appointment": null}, "after": {"purchase_id": "P-A4", "test": "A4", "appointment": {"id": "AP-1970E61D", "site": "CHI-01", "starts_at": "2026-03-13T14:00:00", "status": "booked"}}, "sequence": 0}','put-back','2026-03-02 16:00:00.000000');
INSERT INTO "changes" VALUES('put-back','b420e9b468f963872b255a2c219d822c2aedea9c345e17164da83c04fe315de6','ASE-2000-0001','undo','{"before": {"purchase_id": "P-A4", "test": "A4", "appointment": {"id": "AP-1970E61D", "site": "CHI-01", "starts_at": "2026-03-13T14:00:00", "status": "booked"}}, "after": {"purchase_id": "P-A4", "test": "A4", "appointment": {"id": "AP-1970E61D", "site": "CHI-01", "starts_at": "2026-03-13T14:00:00", "status": "cancelled"}, "undone": "book"}, "sequence": 1}',NULL,'2026-03-02 16:00:00.000000');
INSERT INTO "changes" VALUES('847f2c09f3174481b4d01da9df276bcc','5ee38ae40eae9749c208727652f5575c410797d2c6fb6e6fc2c568627be42a75','ASE-2000-0001','duplicate_certificate','{"before": {}, "after": {"series": ["automobile"], "fee_per_series": "7.50", "total": "7.50", "send_to": {"line1": "1 Main St", "line2": null, "city": "Chicago", "region": "IL", "postal_code": "60505", "country": "US"}}, "sequence": 0}',NULL,'2026-03-02 16:00:00.000000');
CREATE TABLE confirmations (
	id TEXT NOT NULL, 
	ase_id TEXT NOT NULL, 
	conversation_id TEXT NOT NULL, 
	task TEXT NOT NULL, 
	preview JSON NOT NULL, 
	preview_hash TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	state VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_confirmations PRIMARY KEY (id), 
	CONSTRAINT ck_confirmations_state CHECK (state IN ('pending', 'committed', 'refused', 'declined', 'expired', 'replaced')), 
	CONSTRAINT ck_confirmations_expires_at CHECK (expires_at > created_at), 
	CONSTRAINT fk_confirmations_ase_id FOREIGN KEY(ase_id) REFERENCES candidates (ase_id), 
	CONSTRAINT fk_confirmations_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
INSERT INTO "confirmations" VALUES('8f7c8771972c4bc7a36546d2a914d04a','ASE-2000-0001','c-ASE-2000-0001','duplicate_certificate','{"version": 2, "series": ["automobile"], "fee_per_series": "7.50", "send_to": {"line1": "1 Main St", "city": "Chicago", "region": "IL", "postal_code": "60505", "country": "US", "line2": null}}','73e4a82efe18f390f4cd693361cfbf723445102c28bd7e15dbed8ecd98909676','2026-03-02 16:00:00.000000','2026-03-02 16:10:00.000000','replaced');
INSERT INTO "confirmations" VALUES('fd68af810b304136986fba602601ced7','ASE-2000-0001','c-ASE-2000-0001','book','{"version": 1, "test": "A4", "purchase_id": "P-A4", "site": "CHI-01", "starts_at": "2026-03-13T14:00:00"}','e28d325accba3e86433e6bcb6a951368cf38a1a7dc2f8497852ff09425e14313','2026-03-02 16:00:00.000000','2026-03-02 16:10:00.000000','committed');
INSERT INTO "confirmations" VALUES('847f2c09f3174481b4d01da9df276bcc','ASE-2000-0001','c-ASE-2000-0001','duplicate_certificate','{"version": 2, "series": ["automobile"], "fee_per_series": "7.50", "send_to": {"line1": "1 Main St", "city": "Chicago", "region": "IL", "postal_code": "60505", "country": "US", "line2": null}}','73e4a82efe18f390f4cd693361cfbf723445102c28bd7e15dbed8ecd98909676','2026-03-02 16:00:00.000000','2026-03-02 16:10:00.000000','committed');
INSERT INTO "confirmations" VALUES('fd20e655b55847fbbf8e19a55ce0cc0a','ASE-2000-0005','c-ASE-2000-0005','book','{"version": 1, "test": "A1", "purchase_id": "P-A1", "site": "CHI-01", "starts_at": "2026-03-11T09:00:00"}','72d3df05ab86a014c6c43045b4a16d80eabda3644ef6a9cbb637ac67f70d26dc','2026-03-02 16:00:00.000000','2026-03-02 16:10:00.000000','pending');
CREATE TABLE console_openings (
	agent_id TEXT NOT NULL, 
	conversation_id TEXT NOT NULL, 
	opened_at DATETIME NOT NULL, 
	CONSTRAINT pk_console_openings PRIMARY KEY (agent_id, conversation_id), 
	CONSTRAINT fk_console_openings_agent_id FOREIGN KEY(agent_id) REFERENCES agents (id), 
	CONSTRAINT fk_console_openings_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE TABLE conversation_people (
	conversation_id TEXT NOT NULL, 
	ase_id TEXT NOT NULL, 
	CONSTRAINT pk_conversation_people PRIMARY KEY (conversation_id, ase_id), 
	CONSTRAINT fk_conversation_people_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
INSERT INTO "conversation_people" VALUES('c-ASE-2000-0001','ASE-2000-0001');
INSERT INTO "conversation_people" VALUES('c-ASE-2000-0005','ASE-2000-0005');
CREATE TABLE conversations (
	id TEXT NOT NULL, 
	channel VARCHAR(24) NOT NULL, 
	locale VARCHAR(24) NOT NULL, 
	token_hash TEXT NOT NULL, 
	ase_id TEXT, 
	signed_in_at DATETIME, 
	agent_id TEXT, 
	agent_role VARCHAR(24), 
	about TEXT, 
	owner VARCHAR(24) NOT NULL, 
	owner_agent TEXT, 
	state JSON NOT NULL, 
	version INTEGER NOT NULL, 
	last_seq INTEGER NOT NULL, 
	last_turn INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_active_at DATETIME NOT NULL, 
	ended_at DATETIME, from_address TEXT, from_network TEXT, sealed_for TEXT, shown_at DATETIME, used_at DATETIME, sealed_seq INTEGER, 
	CONSTRAINT pk_conversations PRIMARY KEY (id), 
	CONSTRAINT ck_conversations_agent_channel CHECK ((channel = 'agent') = (agent_id IS NOT NULL)), 
	CONSTRAINT ck_conversations_owner_agent CHECK ((owner = 'agent') = (owner_agent IS NOT NULL)), 
	CONSTRAINT ck_conversations_agent_role CHECK (agent_role IN ('agent', 'lead')), 
	CONSTRAINT ck_conversations_channel CHECK (channel IN ('web', 'phone', 'agent')), 
	CONSTRAINT ck_conversations_owner CHECK (owner IN ('assistant', 'queue', 'agent')), 
	CONSTRAINT ck_conversations_agent CHECK ((agent_id IS NULL) = (agent_role IS NULL)), 
	CONSTRAINT ck_conversations_signed_in CHECK ((ase_id IS NULL) = (signed_in_at IS NULL)), 
	CONSTRAINT ck_conversations_one_identity CHECK (agent_id IS NULL OR ase_id IS NULL), 
	CONSTRAINT uq_conversations_token_hash UNIQUE (token_hash)
);
INSERT INTO "conversations" VALUES('c-ASE-2000-0001','web','en-US','ASE-2000-0001','ASE-2000-0001','2026-03-02 16:00:00.000000',NULL,NULL,NULL,'assistant',NULL,'{"version": 2, "last_topic": "account/schedule_test"}',1,2,0,'2026-03-02 16:00:00.000000','2026-03-02 16:00:00.000000',NULL,NULL,NULL,NULL,'2026-03-02 16:00:00.000000','2026-03-02 16:00:00.000000',NULL);
INSERT INTO "conversations" VALUES('c-ASE-2000-0005','web','en-US','ASE-2000-0005','ASE-2000-0005','2026-03-02 16:00:00.000000',NULL,NULL,NULL,'assistant',NULL,'{"version": 2, "last_topic": "account/schedule_test"}',1,2,0,'2026-03-02 16:00:00.000000','2026-03-02 16:00:00.000000',NULL,NULL,NULL,NULL,'2026-03-02 16:00:00.000000','2026-03-02 16:00:00.000000',NULL);
CREATE TABLE decisions (
	id INTEGER NOT NULL, 
	ase_id TEXT, 
	conversation_id TEXT, 
	turn INTEGER, 
	rule TEXT NOT NULL, 
	subject JSON NOT NULL, 
	facts JSON NOT NULL, 
	decision JSON NOT NULL, 
	as_of DATETIME NOT NULL, 
	policy_digest TEXT NOT NULL, 
	what_if BOOLEAN NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_decisions PRIMARY KEY (id), 
	CONSTRAINT fk_decisions_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
INSERT INTO "decisions" VALUES(1,'ASE-2000-0001','c-ASE-2000-0001',NULL,'schedule_test','{"test": "A4", "site": "CHI-01", "starts_at": "2026-03-13T14:00:00", "purchase_id": "P-A4"}','{"candidates": [{"ase_id": "ASE-2000-0001", "name": {"first": "Mia", "last": "Lindqvist"}, "email": "mia@example.org", "phone": null, "time_zone": "America/Chicago", "address": {"line1": "1 Main St", "city": "Chicago", "region": "IL", "postal_code": "60505", "country": "US"}, "address_changed_on": null, "work_experience": {"status": "approved", "submitted_on": "2025-12-01", "decided_on": "2025-12-15"}, "accommodation": {"status": "none", "submitted_on": null, "decided_on": null}, "purchases": [{"id": "P-A5", "test": "A5", "purchased_on": "2026-01-10", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-A5", "starts_at": "2026-03-20T09:00", "site": "CHI-01", "status": "booked"}}, {"id": "P-A6", "test": "A6", "purchased_on": "2026-01-20", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-A6", "starts_at": "2026-03-24T13:00", "site": "CHI-01", "status": "booked"}}, {"id": "P-A1", "test": "A1", "purchased_on": "2026-02-01", "paid_by": "candidate", "cancelled_on": null}, {"id": "P-A4", "test": "A4", "purchased_on": "2026-02-05", "paid_by": "candidate", "cancelled_on": null}, {"id": "P-A8", "test": "A8", "purchased_on": "2026-01-05", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-A8", "starts_at": "2026-02-20T09:00", "site": "CHI-01", "status": "kept"}, "result": {"outcome": "pass", "taken_on": "2026-02-20", "posted_on": "2026-02-22"}}], "certifications": [{"test": "A2", "certified_on": "2023-05-01"}, {"test": "A3", "certified_on": "2024-05-01"}, {"test": "A8", "certified_on": "2026-02-20"}, {"test": "P2", "certified_on": "2024-06-01"}]}], "sites": [{"id": "CHI-01", "name": "Chicago North", "city": "Chicago", "region": "IL", "country": "US", "time_zone": "America/Chicago"}], "seats": [{"site": "CHI-01", "starts_at": "2026-03-13T14:00", "capacity": 2}]}','{"rule": "schedule_test", "outcome": "allowed", "subject": {"test": "A4"}, "reasons": [{"code": "can_schedule", "values": {"test": "A4", "purchase_id": "P-A4", "purchased_on": "2026-02-05", "must_test_by": "2026-05-06", "days_left": 65, "starts_at": "2026-03-13T14:00:00-05:00", "site": "CHI-01", "site_name": "Chicago North"}, "policy": [{"id": "purchase_window.days", "value": 90, "from": "2022-09-20", "source": "faq/registration"}]}], "closes_at": "2026-05-07T00:00:00-05:00"}','2026-03-02 16:00:00.000000','186b7bf2f31fea1a60edcfe01fa2790bfccf3f997e9f7b590be96af06e69a93b',0,'2026-03-02 16:00:00.000000');
INSERT INTO "decisions" VALUES(2,'ASE-2000-0001','c-ASE-2000-0001',NULL,'cancel_appointment','{"test": "A4", "appointment_id": "AP-1970E61D"}','{"candidates": [{"ase_id": "ASE-2000-0001", "name": {"first": "Mia", "last": "Lindqvist"}, "email": "mia@example.org", "phone": null, "time_zone": "America/Chicago", "address": {"line1": "1 Main St", "city": "Chicago", "region": "IL", "postal_code": "60505", "country": "US"}, "address_changed_on": null, "work_experience": {"status": "approved", "submitted_on": "2025-12-01", "decided_on": "2025-12-15"}, "accommodation": {"status": "none", "submitted_on": null, "decided_on": null}, "purchases": [{"id": "P-A5", "test": "A5", "purchased_on": "2026-01-10", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-A5", "starts_at": "2026-03-20T09:00", "site": "CHI-01", "status": "booked"}}, {"id": "P-A6", "test": "A6", "purchased_on": "2026-01-20", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-A6", "starts_at": "2026-03-24T13:00", "site": "CHI-01", "status": "booked"}}, {"id": "P-A1", "test": "A1", "purchased_on": "2026-02-01", "paid_by": "candidate", "cancelled_on": null}, {"id": "P-A4", "test": "A4", "purchased_on": "2026-02-05", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-1970E61D", "starts_at": "2026-03-13T14:00", "site": "CHI-01", "status": "booked"}}, {"id": "P-A8", "test": "A8", "purchased_on": "2026-01-05", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-A8", "starts_at": "2026-02-20T09:00", "site": "CHI-01", "status": "kept"}, "result": {"outcome": "pass", "taken_on": "2026-02-20", "posted_on": "2026-02-22"}}], "certifications": [{"test": "A2", "certified_on": "2023-05-01"}, {"test": "A3", "certified_on": "2024-05-01"}, {"test": "A8", "certified_on": "2026-02-20"}, {"test": "P2", "certified_on": "2024-06-01"}]}], "sites": [{"id": "CHI-01", "name": "Chicago North", "city": "Chicago", "region": "IL", "country": "US", "time_zone": "America/Chicago"}]}','{"rule": "cancel_appointment", "outcome": "allowed", "subject": {"test": "A4", "appointment_id": "AP-1970E61D"}, "reasons": [{"code": "can_cancel_appointment", "values": {"test": "A4", "purchase_id": "P-A4", "purchased_on": "2026-02-05", "must_test_by": "2026-05-06", "days_left": 65, "appointment_id": "AP-1970E61D", "starts_at": "2026-03-13T14:00:00-05:00", "site": "CHI-01", "site_name": "Chicago North", "change_by": "2026-03-10T14:00:00-05:00"}, "policy": [{"id": "purchase_window.days", "value": 90, "from": "2022-09-20", "source": "faq/registration"}, {"id": "change_cutoff.days", "value": 3, "from": "2022-09-20", "source": "faq/appointment_changes"}, {"id": "change_cutoff.reading", "value": "wall_clock", "from": "2022-09-20", "source": "faq/appointment_changes", "interpretation": true}]}], "closes_at": "2026-03-10T14:00:00-05:00"}','2026-03-02 16:00:00.000000','186b7bf2f31fea1a60edcfe01fa2790bfccf3f997e9f7b590be96af06e69a93b',0,'2026-03-02 16:00:00.000000');
INSERT INTO "decisions" VALUES(3,'ASE-2000-0001','c-ASE-2000-0001',NULL,'duplicate_certificate','{"series": ["automobile"]}','{"candidates": [{"ase_id": "ASE-2000-0001", "name": {"first": "Mia", "last": "Lindqvist"}, "email": "mia@example.org", "phone": null, "time_zone": "America/Chicago", "address": {"line1": "1 Main St", "city": "Chicago", "region": "IL", "postal_code": "60505", "country": "US"}, "address_changed_on": null, "work_experience": {"status": "approved", "submitted_on": "2025-12-01", "decided_on": "2025-12-15"}, "accommodation": {"status": "none", "submitted_on": null, "decided_on": null}, "purchases": [{"id": "P-A5", "test": "A5", "purchased_on": "2026-01-10", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-A5", "starts_at": "2026-03-20T09:00", "site": "CHI-01", "status": "booked"}}, {"id": "P-A6", "test": "A6", "purchased_on": "2026-01-20", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-A6", "starts_at": "2026-03-24T13:00", "site": "CHI-01", "status": "booked"}}, {"id": "P-A1", "test": "A1", "purchased_on": "2026-02-01", "paid_by": "candidate", "cancelled_on": null}, {"id": "P-A4", "test": "A4", "purchased_on": "2026-02-05", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-1970E61D", "starts_at": "2026-03-13T14:00", "site": "CHI-01", "status": "cancelled"}}, {"id": "P-A8", "test": "A8", "purchased_on": "2026-01-05", "paid_by": "candidate", "cancelled_on": null, "appointment": {"id": "AP-A8", "starts_at": "2026-02-20T09:00", "site": "CHI-01", "status": "kept"}, "result": {"outcome": "pass", "taken_on": "2026-02-20", "posted_on": "2026-02-22"}}], "certifications": [{"test": "A2", "certified_on": "2023-05-01"}, {"test": "A3", "certified_on": "2024-05-01"}, {"test": "A8", "certified_on": "2026-02-20"}, {"test": "P2", "certified_on": "2024-06-01"}]}], "sites": [{"id": "CHI-01", "name": "Chicago North", "city": "Chicago", "region": "IL", "country": "US", "time_zone": "America/Chicago"}]}','{"rule": "duplicate_certificate", "outcome": "allowed", "subject": {"series": "automobile"}, "reasons": [{"code": "duplicate_available", "values": {"series": ["automobile"], "fee_per_series": "7.50", "total": "7.50"}, "policy": [{"id": "duplicate.fee", "value": "7.50", "from": "2022-09-20", "source": "faq/duplicate_certificate"}]}], "fee": "7.50"}','2026-03-02 16:00:00.000000','186b7bf2f31fea1a60edcfe01fa2790bfccf3f997e9f7b590be96af06e69a93b',0,'2026-03-02 16:00:00.000000');
CREATE TABLE duplicate_orders (
	id INTEGER NOT NULL, 
	ase_id TEXT NOT NULL, 
	change_key TEXT NOT NULL, 
	series TEXT NOT NULL, 
	fee VARCHAR(24) NOT NULL, 
	state VARCHAR(24) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_duplicate_orders PRIMARY KEY (id), 
	CONSTRAINT ck_duplicate_orders_state CHECK (state IN ('ordered', 'withdrawn', 'sent')), 
	CONSTRAINT fk_duplicate_orders_ase_id FOREIGN KEY(ase_id) REFERENCES candidates (ase_id), 
	CONSTRAINT uq_duplicate_orders_change_key_series UNIQUE (change_key, series)
);
INSERT INTO "duplicate_orders" VALUES(1,'ASE-2000-0001','847f2c09f3174481b4d01da9df276bcc','automobile','7.50','ordered','2026-03-02 16:00:00.000000');
CREATE TABLE exceptions (
	id TEXT NOT NULL, 
	ase_id TEXT NOT NULL, 
	conversation_id TEXT NOT NULL, 
	rule VARCHAR(24) NOT NULL, 
	code TEXT NOT NULL, 
	test TEXT NOT NULL, 
	purchase_id TEXT NOT NULL, 
	decision JSON NOT NULL, 
	state VARCHAR(24) NOT NULL, 
	asked_by TEXT NOT NULL, 
	asked_why TEXT NOT NULL, 
	asked_at DATETIME NOT NULL, 
	granted_by TEXT, 
	granted_at DATETIME, 
	expires_at DATETIME, 
	told_at DATETIME, 
	change_key TEXT, 
	ended_by TEXT, 
	ended_why TEXT, 
	ended_at DATETIME, 
	CONSTRAINT pk_exceptions PRIMARY KEY (id), 
	CONSTRAINT ck_exceptions_state CHECK (state IN ('requested', 'pending', 'granted', 'used', 'withdrawn', 'declined', 'expired')), 
	CONSTRAINT ck_exceptions_granted CHECK ((granted_by IS NULL) = (granted_at IS NULL) AND (granted_by IS NULL) = (expires_at IS NULL)), 
	CONSTRAINT ck_exceptions_grant CHECK (state NOT IN ('granted', 'used') OR granted_at IS NOT NULL), 
	CONSTRAINT ck_exceptions_used CHECK ((state = 'used') = (change_key IS NOT NULL)), 
	CONSTRAINT fk_exceptions_asked_by FOREIGN KEY(asked_by) REFERENCES agents (id), 
	CONSTRAINT fk_exceptions_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id), 
	CONSTRAINT fk_exceptions_granted_by FOREIGN KEY(granted_by) REFERENCES agents (id)
);
CREATE TABLE feedback (
	conversation_id TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	rating VARCHAR(24) NOT NULL, 
	comment TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_feedback PRIMARY KEY (conversation_id, seq), 
	CONSTRAINT ck_feedback_rating CHECK (rating IN ('up', 'down')), 
	CONSTRAINT fk_feedback_conversation_id_seq FOREIGN KEY(conversation_id, seq) REFERENCES messages (conversation_id, seq)
);
INSERT INTO "feedback" VALUES('c-ASE-2000-0001',2,'down','no','2026-03-02 16:00:00.000000');
INSERT INTO "feedback" VALUES('c-ASE-2000-0005',2,'down','no','2026-03-02 16:00:00.000000');
CREATE TABLE handoffs (
	id TEXT NOT NULL, 
	conversation_id TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	summary JSON NOT NULL, 
	status VARCHAR(24) NOT NULL, 
	requested_at DATETIME NOT NULL, 
	accepted_at DATETIME, 
	agent_id TEXT, 
	closed_at DATETIME, 
	CONSTRAINT pk_handoffs PRIMARY KEY (id), 
	CONSTRAINT ck_handoffs_agent CHECK ((status = 'requested') = (agent_id IS NULL) OR status = 'closed'), 
	CONSTRAINT ck_handoffs_status CHECK (status IN ('requested', 'accepted', 'closed')), 
	CONSTRAINT fk_handoffs_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE TABLE holds (
	ase_id TEXT NOT NULL, 
	site_id TEXT NOT NULL, 
	starts_at TEXT NOT NULL, 
	conversation_id TEXT, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_holds PRIMARY KEY (ase_id), 
	CONSTRAINT ck_holds_expires_at CHECK (expires_at > created_at), 
	CONSTRAINT fk_holds_ase_id FOREIGN KEY(ase_id) REFERENCES candidates (ase_id), 
	CONSTRAINT fk_holds_site_id_starts_at FOREIGN KEY(site_id, starts_at) REFERENCES seats (site_id, starts_at)
);
INSERT INTO "holds" VALUES('ASE-2000-0005','CHI-01','2026-03-11T09:00:00','c-ASE-2000-0005','2026-03-02 16:00:00.000000','2026-03-02 16:05:00.000000');
CREATE TABLE human_stretches (
	id TEXT NOT NULL, 
	conversation_id TEXT NOT NULL, 
	agent_id TEXT NOT NULL, 
	waiting_since DATETIME, 
	started_at DATETIME NOT NULL, 
	first_answer_at DATETIME, 
	ended_at DATETIME, 
	ended_how VARCHAR(24), 
	outcome VARCHAR(24), 
	note TEXT, 
	passed_to TEXT, 
	CONSTRAINT pk_human_stretches PRIMARY KEY (id), 
	CONSTRAINT ck_human_stretches_ended_how CHECK (ended_how IN ('handed_back', 'transferred', 'closed')), 
	CONSTRAINT ck_human_stretches_outcome CHECK (outcome IN ('solved', 'unsolved', 'follow_up', 'no_answer')), 
	CONSTRAINT ck_human_stretches_ended CHECK ((ended_at IS NULL) = (ended_how IS NULL)), 
	CONSTRAINT fk_human_stretches_agent_id FOREIGN KEY(agent_id) REFERENCES agents (id), 
	CONSTRAINT fk_human_stretches_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE TABLE messages (
	conversation_id TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	turn INTEGER NOT NULL, 
	author VARCHAR(24) NOT NULL, 
	at DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	speech TEXT NOT NULL, 
	payload JSON NOT NULL, client_message_id TEXT, 
	CONSTRAINT pk_messages PRIMARY KEY (conversation_id, seq), 
	CONSTRAINT ck_messages_author CHECK (author IN ('assistant', 'candidate', 'agent')), 
	CONSTRAINT fk_messages_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
INSERT INTO "messages" VALUES('c-ASE-2000-0001',1,1,'candidate','2026-03-02 16:00:00.000000','book my A1','book my A1','{}',NULL);
INSERT INTO "messages" VALUES('c-ASE-2000-0001',2,1,'assistant','2026-03-02 16:00:00.000000','Yes.','Yes.','{}',NULL);
INSERT INTO "messages" VALUES('c-ASE-2000-0005',1,1,'candidate','2026-03-02 16:00:00.000000','book my A1','book my A1','{}',NULL);
INSERT INTO "messages" VALUES('c-ASE-2000-0005',2,1,'assistant','2026-03-02 16:00:00.000000','Yes.','Yes.','{}',NULL);
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	recipient TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	body TEXT NOT NULL, 
	code VARCHAR(24), 
	attachments JSON NOT NULL, 
	ase_id TEXT, 
	created_at DATETIME NOT NULL, 
	state VARCHAR(24) NOT NULL, 
	claimed_at DATETIME, 
	sent_at DATETIME, 
	attempts INTEGER NOT NULL, 
	doubtful BOOLEAN NOT NULL, 
	error TEXT, kind TEXT NOT NULL DEFAULT '', expires_at DATETIME, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT ck_outbox_claimed_at CHECK ((state = 'sending') = (claimed_at IS NOT NULL)), 
	CONSTRAINT ck_outbox_sent_at CHECK ((state IN ('sent', 'maybe_sent')) = (sent_at IS NOT NULL)), 
	CONSTRAINT ck_outbox_state CHECK (state IN ('pending', 'sending', 'sent', 'maybe_sent'))
);
INSERT INTO "outbox" VALUES(1,'mia@example.org','Booked: A4 Suspension and Steering, Friday, March 13, 2026 at 2:00 PM, Central time','Your appointment is booked. Test: A4 Suspension and Steering. Appointment: Friday, March 13, 2026 at 2:00 PM, Central time, Chicago North, Chicago. If this wasn''t you, please call ASE at 1-800-390-6789 right away.',NULL,'[{"name": "appointment.ics", "content_type": "text/calendar; method=REQUEST", "content": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//ASE assistant//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:ASE test A4 Suspension and Steering\r\nDTSTART:20260313T190000Z\r\nDTEND:20260313T200000Z\r\nDTSTAMP:20260302T160000Z\r\nUID:abab4d38c35360ed2f89500823539a57@localhost\r\nSEQUENCE:0\r\nATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:mia@example.org\r\nDESCRIPTION:It starts on Friday\\, March 13\\, 2026 at 2:00 PM\\, Central tim\r\n e. You can move or cancel it until Tuesday\\, March 10\\, 2026 at 2:00 PM\\, \r\n Central time. How long the test takes isn''t known here\\; the entry is an h\r\n our long.\r\nLOCATION:Chicago North\\, Chicago\\, IL\r\nORGANIZER;CN=\"ASE assistant\":mailto:assistant@localhost\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:ASE test A4 Suspension and Steering\r\nTRIGGER:-P1D\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"}]','ASE-2000-0001','2026-03-02 16:00:00.000000','pending',NULL,NULL,0,0,NULL,'book_mail',NULL);
INSERT INTO "outbox" VALUES(2,'mia@example.org','Undone: A4 Suspension and Steering, Friday, March 13, 2026 at 2:00 PM, Central time, is cancelled','Your last change has been undone; everything is back the way it was. Test: A4 Suspension and Steering. Cancelled appointment: Friday, March 13, 2026 at 2:00 PM, Central time, Chicago North, Chicago. If this wasn''t you, please call ASE at 1-800-390-6789 right away.',NULL,'[{"name": "cancelled.ics", "content_type": "text/calendar; method=CANCEL", "content": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//ASE assistant//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:CANCEL\r\nBEGIN:VEVENT\r\nSUMMARY:ASE test A4 Suspension and Steering\r\nDTSTART:20260313T190000Z\r\nDTEND:20260313T200000Z\r\nDTSTAMP:20260302T160000Z\r\nUID:abab4d38c35360ed2f89500823539a57@localhost\r\nSEQUENCE:1\r\nATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:mia@example.org\r\nDESCRIPTION:It starts on Friday\\, March 13\\, 2026 at 2:00 PM\\, Central tim\r\n e. You can move or cancel it until Tuesday\\, March 10\\, 2026 at 2:00 PM\\, \r\n Central time. How long the test takes isn''t known here\\; the entry is an h\r\n our long.\r\nLOCATION:Chicago North\\, Chicago\\, IL\r\nORGANIZER;CN=\"ASE assistant\":mailto:assistant@localhost\r\nSTATUS:CANCELLED\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"}]','ASE-2000-0001','2026-03-02 16:00:00.000000','pending',NULL,NULL,0,0,NULL,'undo_mail',NULL);
INSERT INTO "outbox" VALUES(3,'mia@example.org','Duplicate certificates ordered on March 2, 2026','Your duplicate certificates have been ordered. If this wasn''t you, please call ASE at 1-800-390-6789 right away.',NULL,'[]','ASE-2000-0001','2026-03-02 16:00:00.000000','pending',NULL,NULL,0,0,NULL,'duplicate_certificate_mail',NULL);
CREATE TABLE policies (
	digest TEXT NOT NULL, 
	content JSON NOT NULL, 
	first_used_at DATETIME NOT NULL, 
	CONSTRAINT pk_policies PRIMARY KEY (digest)
);
INSERT INTO "policies" VALUES('186b7bf2f31fea1a60edcfe01fa2790bfccf3f997e9f7b590be96af06e69a93b','{"policy": {"certificate_estimate.days": [{"value": 21, "from": "2022-09-20", "source": "faq/certificate", "interpretation": false}], "certificate_estimate.anchor": [{"value": "later_of_test_and_approval", "from": "2022-09-20", "source": "faq/certificate", "interpretation": true}], "change_cutoff.days": [{"value": 3, "from": "2022-09-20", "source": "faq/appointment_changes", "interpretation": false}], "change_cutoff.reading": [{"value": "wall_clock", "from": "2022-09-20", "source": "faq/appointment_changes", "interpretation": true}], "duplicate.fee": [{"value": {"~money": "7.50"}, "from": "2022-09-20", "source": "faq/duplicate_certificate", "interpretation": false}], "master_set.automobile": [{"value": {"~tuple": ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"]}, "from": "2022-09-20", "source": "faq/master_status", "interpretation": false}], "master_set.medium_heavy_truck": [{"value": {"~tuple": ["T2", "T3", "T4", "T5", "T6", "T7", "T8"]}, "from": "2022-09-20", "source": "faq/master_status", "interpretation": false}], "online_results.days": [{"value": 3, "from": "2022-09-20", "source": "faq/test_results", "interpretation": false}], "phone.prometric": [{"value": "877-346-9327", "from": "2022-09-20", "source": "faq/appointment_changes", "interpretation": false}], "phone.ase": [{"value": "1-800-390-6789", "from": "2022-09-20", "source": "faq/ada_accommodations", "interpretation": false}], "places.open_to_all": [{"value": {"~tuple": ["the United States", "its territories", "Canada"]}, "from": "2022-09-20", "source": "faq/test_locations", "interpretation": false}], "places.military": [{"value": "certain overseas bases", "from": "2022-09-20", "source": "faq/test_locations", "interpretation": false}], "policy.time_zone": [{"value": "America/New_York", "from": "2022-09-20", "source": "ours/assistant", "interpretation": true}], "prerequisites.L1": [{"value": {"~tuple": [{"~tuple": ["A8"]}]}, "from": "2022-09-20", "source": "secondary/prerequisites", "interpretation": false}], "prerequisites.L2": [{"value": {"~tuple": [{"~tuple": ["A9", "H2", "S2", "T2"]}, {"~tuple": ["A6", "H6", "S6", "T6"]}]}, "from": "2022-09-20", "source": "secondary/prerequisites", "interpretation": false}], "prerequisites.X1": [{"value": {"~tuple": [{"~tuple": ["A4"]}, {"~tuple": ["A5"]}]}, "from": "2022-09-20", "source": "secondary/prerequisites", "interpretation": false}], "purchase_window.days": [{"value": 90, "from": "2022-09-20", "source": "faq/registration", "interpretation": false}], "recert_courtesy.days": [{"value": 180, "from": "2022-09-20", "source": "ours/assistant", "interpretation": true}], "registration.fee_per_order": [{"value": "one registration fee for each order, in addition to the test fee", "from": "2022-09-20", "source": "faq/registration", "interpretation": false}], "retest_wait.days": [{"value": 30, "from": "2022-09-20", "source": "faq/retest", "interpretation": false}], "retest_wait.reading": [{"value": "full_days", "from": "2022-09-20", "source": "faq/retest", "interpretation": true}], "spanish.tests": [{"value": {"~tuple": ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "G1"]}, "from": "2022-09-20", "source": "faq/bilingual_tests", "interpretation": false}], "validity.years": [{"value": 5, "from": "2022-09-20", "source": "faq/recertification", "interpretation": false}]}, "tests": [["A1", "automobile", "Engine Repair", true], ["A2", "automobile", "Automatic Transmission/Transaxle", true], ["A3", "automobile", "Manual Drive Train and Axles", true], ["A4", "automobile", "Suspension and Steering", true], ["A5", "automobile", "Brakes", true], ["A6", "automobile", "Electrical/Electronic Systems", true], ["A7", "automobile", "Heating and Air Conditioning", true], ["A8", "automobile", "Engine Performance", true], ["A9", "automobile", "Light Vehicle Diesel Engines", true], ["G1", "auto_maintenance", "Auto Maintenance and Light Repair", true], ["T1", "medium_heavy_truck", "Gasoline Engines", true], ["T2", "medium_heavy_truck", "Diesel Engines", true], ["T3", "medium_heavy_truck", "Drive Train", true], ["T4", "medium_heavy_truck", "Brakes", true], ["T5", "medium_heavy_truck", "Suspension and Steering", true], ["T6", "medium_heavy_truck", "Electrical/Electronic Systems", true], ["T7", "medium_heavy_truck", "Heating, Ventilation and Air Conditioning", true], ["T8", "medium_heavy_truck", "Preventive Maintenance Inspection", true], ["B2", "collision", "Painting and Refinishing", true], ["B3", "collision", "Non-Structural Analysis and Damage Repair", true], ["B4", "collision", "Structural Analysis and Damage Repair", true], ["B5", "collision", "Mechanical and Electrical Components", true], ["B6", "collision", "Damage Analysis and Estimating", true], ["E1", "truck_equipment", null, true], ["E2", "truck_equipment", null, true], ["E3", "truck_equipment", null, true], ["S1", "school_bus", "Body Systems and Special Equipment", true], ["S2", "school_bus", "Diesel Engines", true], ["S3", "school_bus", "Drive Train", true], ["S4", "school_bus", "Brakes", true], ["S5", "school_bus", "Suspension and Steering", true], ["S6", "school_bus", "Electrical/Electronic Systems", true], ["S7", "school_bus", "Air Conditioning Systems and Controls", true], ["H1", "transit_bus", null, true], ["H2", "transit_bus", "Diesel Engines", true], ["H3", "transit_bus", null, true], ["H4", "transit_bus", null, true], ["H5", "transit_bus", null, true], ["H6", "transit_bus", "Electrical/Electronic", true], ["H7", "transit_bus", null, true], ["H8", "transit_bus", null, true], ["P1", "parts", null, true], ["P2", "parts", null, true], ["P4", "parts", null, true], ["C1", "service_consultant", "Automobile Service Consultant", true], ["F1", "alternate_fuels", "Compressed Natural Gas Vehicle", true], ["X1", "undercar", "Exhaust Systems", true], ["L1", "advanced", "Advanced Engine Performance Specialist", true], ["L2", "advanced", "Electronic Diesel Engine Diagnosis Specialist", true], ["L3", "advanced", "Light Duty Hybrid/Electric Vehicle Specialist", true], ["L4", "advanced", "Advanced Driver Assistance Systems", true]], "series": [["automobile", "Automobile and Light Truck", ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9"]], ["auto_maintenance", "Auto Maintenance and Light Repair", ["G1"]], ["medium_heavy_truck", "Medium/Heavy Truck", ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8"]], ["collision", "Collision Repair and Refinish", ["B2", "B3", "B4", "B5", "B6"]], ["truck_equipment", "Truck Equipment", ["E1", "E2", "E3"]], ["school_bus", "School Bus", ["S1", "S2", "S3", "S4", "S5", "S6", "S7"]], ["transit_bus", "Transit Bus", ["H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8"]], ["parts", "Parts Specialist", ["P1", "P2", "P4"]], ["service_consultant", "Service Consultant", ["C1"]], ["alternate_fuels", "Alternate Fuels", ["F1"]], ["undercar", "Undercar Specialist", ["X1"]], ["advanced", "Advanced Level", ["L1", "L2", "L3", "L4"]]]}','2026-03-02 16:00:00.000000');
CREATE TABLE purchases (
	ase_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	test TEXT NOT NULL, 
	purchased_on DATE NOT NULL, 
	paid_by VARCHAR(24) NOT NULL, 
	cancelled_on DATE, 
	CONSTRAINT pk_purchases PRIMARY KEY (ase_id, id), 
	CONSTRAINT ck_purchases_paid_by CHECK (paid_by IN ('candidate', 'other')), 
	CONSTRAINT fk_purchases_ase_id FOREIGN KEY(ase_id) REFERENCES candidates (ase_id), 
	CONSTRAINT uq_purchases_ase_id_position UNIQUE (ase_id, position)
);
INSERT INTO "purchases" VALUES('ASE-2000-0001','P-A5',0,'A5','2026-01-10','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2000-0001','P-A6',1,'A6','2026-01-20','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2000-0001','P-A1',2,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2000-0001','P-A4',3,'A4','2026-02-05','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2000-0001','P-A8',4,'A8','2026-01-05','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2000-0002','P-A5',0,'A5','2025-12-09','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2000-0003','P-A1',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2000-0004','P-A5',0,'A5','2026-01-10','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2000-0005','P-A1',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0000','P',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0001','P',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0002','P',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0003','P',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0004','P',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0005','P',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0006','P',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0007','P',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0008','P',0,'A1','2026-02-01','candidate',NULL);
INSERT INTO "purchases" VALUES('ASE-2100-0009','P',0,'A1','2026-02-01','candidate',NULL);
CREATE TABLE refunds_due (
	change_key TEXT NOT NULL, 
	ase_id TEXT NOT NULL, 
	purchase_id TEXT NOT NULL, 
	state VARCHAR(24) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_refunds_due PRIMARY KEY (change_key), 
	CONSTRAINT ck_refunds_due_state CHECK (state IN ('due', 'paid', 'withdrawn')), 
	CONSTRAINT fk_refunds_due_ase_id FOREIGN KEY(ase_id) REFERENCES candidates (ase_id)
);
CREATE TABLE results (
	ase_id TEXT NOT NULL, 
	purchase_id TEXT NOT NULL, 
	outcome VARCHAR(24) NOT NULL, 
	taken_on DATE NOT NULL, 
	posted_on DATE, 
	CONSTRAINT pk_results PRIMARY KEY (ase_id, purchase_id), 
	CONSTRAINT ck_results_outcome CHECK (outcome IN ('pass', 'fail', 'no_show')), 
	CONSTRAINT fk_results_ase_id_purchase_id FOREIGN KEY(ase_id, purchase_id) REFERENCES purchases (ase_id, id)
);
INSERT INTO "results" VALUES('ASE-2000-0001','P-A8','pass','2026-02-20','2026-02-22');
CREATE TABLE review_items (
	id TEXT NOT NULL, 
	source VARCHAR(24) NOT NULL, 
	conversation_id TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	heard_as TEXT, 
	confidence FLOAT, 
	model TEXT, 
	remark TEXT, 
	state VARCHAR(24) NOT NULL, 
	label TEXT, 
	decided_by TEXT, 
	decided_at DATETIME, 
	patch TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_review_items PRIMARY KEY (id), 
	CONSTRAINT ck_review_items_label CHECK ((state = 'accepted') = (label IS NOT NULL)), 
	CONSTRAINT ck_review_items_decided CHECK ((state = 'open') = (decided_at IS NULL)), 
	CONSTRAINT ck_review_items_source CHECK (source IN ('not_understood', 'thumb_down', 'rejected_suggestion', 'corrected_topic')), 
	CONSTRAINT ck_review_items_state CHECK (state IN ('open', 'accepted', 'out_of_scope', 'dismissed')), 
	CONSTRAINT fk_review_items_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id), 
	CONSTRAINT uq_review_items_source_conversation_id_seq UNIQUE (source, conversation_id, seq)
);
CREATE TABLE seats (
	site_id TEXT NOT NULL, 
	starts_at TEXT NOT NULL, 
	starts_utc DATETIME NOT NULL, 
	capacity INTEGER NOT NULL, 
	CONSTRAINT pk_seats PRIMARY KEY (site_id, starts_at), 
	CONSTRAINT ck_seats_capacity CHECK (capacity >= 0), 
	CONSTRAINT fk_seats_site_id FOREIGN KEY(site_id) REFERENCES sites (id)
);
INSERT INTO "seats" VALUES('CHI-01','2026-03-11T09:00:00','2026-03-11 14:00:00.000000',2);
INSERT INTO "seats" VALUES('CHI-01','2026-03-13T09:00:00','2026-03-13 14:00:00.000000',1);
INSERT INTO "seats" VALUES('CHI-01','2026-03-13T14:00:00','2026-03-13 19:00:00.000000',2);
INSERT INTO "seats" VALUES('CHI-01','2026-03-18T09:00:00','2026-03-18 14:00:00.000000',1);
INSERT INTO "seats" VALUES('CHI-01','2026-03-19T09:00:00','2026-03-19 14:00:00.000000',1);
INSERT INTO "seats" VALUES('CHI-01','2026-03-27T13:00:00','2026-03-27 18:00:00.000000',1);
INSERT INTO "seats" VALUES('CHI-01','2026-06-01T09:00:00','2026-06-01 14:00:00.000000',5);
INSERT INTO "seats" VALUES('CHI-02','2026-03-16T10:00:00','2026-03-16 15:00:00.000000',1);
INSERT INTO "seats" VALUES('CHI-02','2026-03-17T15:00:00','2026-03-17 20:00:00.000000',1);
INSERT INTO "seats" VALUES('HNL-01','2026-03-25T09:00:00','2026-03-25 19:00:00.000000',1);
INSERT INTO "seats" VALUES('MKE-01','2026-03-12T09:00:00','2026-03-12 14:00:00.000000',1);
INSERT INTO "seats" VALUES('MKE-01','2026-03-26T16:00:00','2026-03-26 21:00:00.000000',3);
CREATE TABLE sign_in_codes (
	id TEXT NOT NULL, 
	conversation_id TEXT NOT NULL, 
	ase_id TEXT NOT NULL, 
	code_hash TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	attempts INTEGER NOT NULL, 
	used_at DATETIME, 
	replaced_at DATETIME, scope TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_sign_in_codes PRIMARY KEY (id), 
	CONSTRAINT ck_sign_in_codes_attempts CHECK (attempts >= 0), 
	CONSTRAINT ck_sign_in_codes_ended_once CHECK (used_at IS NULL OR replaced_at IS NULL), 
	CONSTRAINT fk_sign_in_codes_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE TABLE sign_in_counts (
	kind VARCHAR(24) NOT NULL, 
	"key" TEXT NOT NULL, 
	window_start DATETIME NOT NULL, 
	count INTEGER NOT NULL, 
	CONSTRAINT pk_sign_in_counts PRIMARY KEY (kind, "key", window_start), 
	CONSTRAINT ck_sign_in_counts_count CHECK (count >= 0)
);
CREATE TABLE sign_in_locks (
	who TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	locked_until DATETIME, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_in_locks PRIMARY KEY (who, scope), 
	CONSTRAINT ck_sign_in_locks_failures CHECK (failures >= 0)
);
CREATE TABLE sign_in_places (
	who TEXT NOT NULL, 
	place TEXT NOT NULL, 
	last_used_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_in_places PRIMARY KEY (who, place)
);
CREATE TABLE sites (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	city TEXT NOT NULL, 
	region TEXT NOT NULL, 
	country TEXT NOT NULL, 
	time_zone TEXT NOT NULL, 
	CONSTRAINT pk_sites PRIMARY KEY (id)
);
INSERT INTO "sites" VALUES('CHI-01','Chicago North','Chicago','IL','US','America/Chicago');
INSERT INTO "sites" VALUES('CHI-02','Chicago South','Chicago','IL','US','America/Chicago');
INSERT INTO "sites" VALUES('MKE-01','Milwaukee Lakeside','Milwaukee','WI','US','America/Chicago');
INSERT INTO "sites" VALUES('HNL-01','Honolulu','Honolulu','HI','US','Pacific/Honolulu');
CREATE TABLE sites_version (
	id INTEGER NOT NULL, 
	version TEXT NOT NULL, 
	CONSTRAINT pk_sites_version PRIMARY KEY (id), 
	CONSTRAINT ck_sites_version_single CHECK (id = 1)
);
INSERT INTO "sites_version" VALUES(1,'c95b51cfa57248ed95a529eab1e2d2bd');
CREATE TABLE suggestions (
	id TEXT NOT NULL, 
	conversation_id TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	agent_id TEXT NOT NULL, 
	kind VARCHAR(24) NOT NULL, 
	label TEXT NOT NULL, 
	confidence FLOAT NOT NULL, 
	body JSON NOT NULL, 
	state VARCHAR(24) NOT NULL, 
	reason TEXT, 
	shown_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_suggestions PRIMARY KEY (id), 
	CONSTRAINT ck_suggestions_kind CHECK (kind IN ('faq', 'decision', 'conversation')), 
	CONSTRAINT ck_suggestions_state CHECK (state IN ('shown', 'inserted', 'edited', 'sent', 'rejected')), 
	CONSTRAINT fk_suggestions_agent_id FOREIGN KEY(agent_id) REFERENCES agents (id), 
	CONSTRAINT fk_suggestions_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE TABLE turns (
	conversation_id TEXT NOT NULL, 
	turn INTEGER NOT NULL, 
	client_message_id TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	intent TEXT, 
	confidence FLOAT, 
	decisions JSON NOT NULL, 
	policy_digest TEXT, 
	model TEXT, 
	state JSON, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	CONSTRAINT pk_turns PRIMARY KEY (conversation_id, turn), 
	CONSTRAINT ck_turns_confidence CHECK (confidence IS NULL OR confidence BETWEEN 0 AND 1), 
	CONSTRAINT fk_turns_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id), 
	CONSTRAINT uq_turns_conversation_id_client_message_id UNIQUE (conversation_id, client_message_id)
);
INSERT INTO "turns" VALUES('c-ASE-2000-0001',1,'m1','h','account/schedule_test',NULL,'[]',NULL,NULL,'null','2026-03-02 16:00:00.000000','2026-03-02 16:00:00.000000');
INSERT INTO "turns" VALUES('c-ASE-2000-0005',1,'m1','h','account/schedule_test',NULL,'[]',NULL,NULL,'null','2026-03-02 16:00:00.000000','2026-03-02 16:00:00.000000');
CREATE INDEX ix_audit_subject ON audit (subject);
CREATE INDEX ix_conversations_about ON conversations (about);
CREATE INDEX ix_conversations_ase_id ON conversations (ase_id);
CREATE INDEX ix_conversations_last_active_at ON conversations (last_active_at);
CREATE INDEX ix_outbox_ase_id ON outbox (ase_id);
CREATE INDEX ix_outbox_recipient ON outbox (recipient);
CREATE INDEX ix_outbox_state ON outbox (state);
CREATE INDEX ix_changes_ase_id ON changes (ase_id);
CREATE INDEX ix_confirmations_conversation_id ON confirmations (conversation_id);
CREATE UNIQUE INDEX uq_confirmations_pending ON confirmations (ase_id) WHERE state = 'pending';
CREATE INDEX ix_conversation_people_ase_id ON conversation_people (ase_id);
CREATE INDEX ix_decisions_ase_id ON decisions (ase_id);
CREATE INDEX ix_decisions_conversation_id ON decisions (conversation_id);
CREATE INDEX ix_duplicate_orders_ase_id ON duplicate_orders (ase_id);
CREATE INDEX ix_handoffs_conversation_id ON handoffs (conversation_id);
CREATE INDEX ix_handoffs_status ON handoffs (status);
CREATE UNIQUE INDEX uq_handoffs_open ON handoffs (conversation_id) WHERE status <> 'closed';
CREATE INDEX ix_refunds_due_ase_id ON refunds_due (ase_id);
CREATE UNIQUE INDEX uq_refunds_due_purchase ON refunds_due (ase_id, purchase_id) WHERE state <> 'withdrawn';
CREATE INDEX ix_seats_starts_utc ON seats (starts_utc);
CREATE INDEX ix_sign_in_codes_ase_id ON sign_in_codes (ase_id);
CREATE INDEX ix_sign_in_codes_conversation_id ON sign_in_codes (conversation_id);
CREATE UNIQUE INDEX uq_sign_in_codes_live ON sign_in_codes (conversation_id) WHERE used_at IS NULL AND replaced_at IS NULL;
CREATE INDEX ix_appointments_site_id ON appointments (site_id);
CREATE INDEX ix_appointments_starts_utc ON appointments (starts_utc);
CREATE UNIQUE INDEX uq_appointments_live ON appointments (ase_id, purchase_id) WHERE status <> 'cancelled';
CREATE INDEX ix_holds_seat ON holds (site_id, starts_at);
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_unaltered BEFORE UPDATE ON audit WHEN NEW.seq IS NOT OLD.seq OR NEW.at IS NOT OLD.at OR NEW.actor_kind IS NOT OLD.actor_kind OR NEW.actor_id IS NOT OLD.actor_id OR NEW.channel IS NOT OLD.channel OR NEW.action IS NOT OLD.action OR NEW.conversation_id IS NOT OLD.conversation_id OR NEW.policy_digest IS NOT OLD.policy_digest OR NEW.model IS NOT OLD.model OR NEW.content_hash IS NOT OLD.content_hash OR NEW.previous_hash IS NOT OLD.previous_hash OR NEW.hash IS NOT OLD.hash OR NEW.salt IS NOT NULL OR NEW.subject IS NOT NULL OR NEW.before IS NOT NULL OR NEW.after IS NOT NULL OR NEW.decision IS NOT NULL BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE INDEX ix_calls_conversation_id ON calls (conversation_id);
CREATE INDEX ix_agent_sessions_agent_id ON agent_sessions (agent_id);
CREATE INDEX ix_human_stretches_conversation_id ON human_stretches (conversation_id);
CREATE UNIQUE INDEX uq_human_stretches_open ON human_stretches (conversation_id) WHERE ended_at IS NULL;
CREATE INDEX ix_review_items_conversation_id ON review_items (conversation_id);
CREATE INDEX ix_suggestions_message ON suggestions (conversation_id, seq);
CREATE UNIQUE INDEX uq_agents_email ON agents (email);
CREATE INDEX ix_seats_site_id_starts_utc ON seats (site_id, starts_utc);
CREATE INDEX ix_exceptions_ase_id ON exceptions (ase_id);
CREATE INDEX ix_exceptions_conversation_id ON exceptions (conversation_id);
CREATE INDEX ix_exceptions_state ON exceptions (state);
CREATE INDEX ix_sign_in_locks_changed_at ON sign_in_locks (changed_at);
CREATE INDEX ix_conversations_sealed_for ON conversations (sealed_for);
COMMIT;
