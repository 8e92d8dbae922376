//! Statements on plugins and on who publishes them.

use super::{Input, Parsed};
use crate::Result;
use crate::sql::Name;
use crate::sql::statement::*;

impl Input {
    pub(super) fn install(&mut self) -> Result<Statement> {
        self.words(&["INSTALL", "PLUGIN"])?;
        let name = self.identifier()?;
        self.words(&["FROM"])?;
        let from = self.string()?;
        let version = self.version()?;
        let schema = if self.word("INTO") {
            self.word("SCHEMA");
            Some(self.name()?)
        } else {
            None
        };
        Ok(Statement::InstallPlugin { name, from, version, schema, consent: self.consent()? })
    }

    pub(super) fn upgrade(&mut self) -> Result<Statement> {
        self.words(&["UPGRADE", "PLUGIN"])?;
        let name = self.name()?;
        let from = if self.word("FROM") { Some(self.string()?) } else { None };
        let version = self.version()?;
        Ok(Statement::UpgradePlugin { name, from, version, consent: self.consent()? })
    }

    pub(super) fn rollback(&mut self) -> Result<Statement> {
        self.words(&["ROLLBACK", "PLUGIN"])?;
        let name = self.name()?;
        self.word("TO");
        Ok(Statement::RollbackPlugin { name, version: self.version()? })
    }

    /// `PIN PLUGIN p VERSION '~1.2'`, `UNPIN PLUGIN p`
    pub(super) fn pin(&mut self) -> Result<Statement> {
        let pin = self.word("PIN");
        if !pin {
            self.words(&["UNPIN"])?;
        }
        self.words(&["PLUGIN"])?;
        let name = self.name()?;
        let version = match (pin, self.version()?) {
            (true, None) => return Err(self.expected("VERSION '…', which it may be").into()),
            (true, version) => version,
            (false, Some(_)) => return Err(self.expected("the end: UNPIN takes no version").into()),
            (false, None) => None,
        };
        Ok(Statement::PinPlugin { name, version })
    }

    /// `VERIFY PLUGIN p`, `VERIFY PLUGINS`
    pub(super) fn verify(&mut self) -> Result<Statement> {
        self.words(&["VERIFY"])?;
        if self.word("PLUGINS") {
            return Ok(Statement::VerifyPlugin { name: None });
        }
        self.words(&["PLUGIN"])?;
        Ok(Statement::VerifyPlugin { name: Some(self.name()?) })
    }

    pub(super) fn sync(&mut self) -> Result<Statement> {
        self.words(&["SYNC", "PLUGINS", "FROM"])?;
        let lock = self.string()?;
        let bundle = if self.word("USING") { Some(self.string()?) } else { None };
        let prune = self.word("PRUNE");
        let dry_run = self.word("DRY") && {
            self.words(&["RUN"])?;
            true
        };
        Ok(Statement::SyncPlugins(Sync { lock, bundle, prune, dry_run }))
    }

    /// VERSION '^1.2', of a package.
    fn version(&mut self) -> Parsed<Option<String>> {
        if self.word("VERSION") { self.string().map(Some) } else { Ok(None) }
    }

    /// GRANT REQUESTED and ALLOW UNSIGNED, after INSTALL and UPGRADE.
    fn consent(&mut self) -> Parsed<Consent> {
        let mut consent = Consent::default();
        loop {
            if self.word("GRANT") {
                self.words(&["REQUESTED"])?;
                consent.grant = true;
            } else if self.word("ALLOW") {
                self.words(&["UNSIGNED"])?;
                consent.unsigned = true;
            } else {
                return Ok(consent);
            }
        }
    }

    /// After CREATE PUBLISHER.
    pub(super) fn create_publisher(&mut self) -> Result<Statement> {
        let (if_not_exists, name) = self.new_name()?;
        let key = self.key()?;
        let comment = if self.word("COMMENT") { Some(self.string()?) } else { None };
        Ok(Statement::CreatePublisher { name, if_not_exists, key, comment })
    }

    /// After ALTER PUBLISHER p: `ADD KEY '…'`, `DROP KEY 'sha256:…'`; none if it is something else.
    pub(super) fn alter_publisher(&mut self, name: &Name) -> Result<Option<Statement>> {
        let change = if self.word("ADD") {
            AlterPublisher::AddKey(self.key()?)
        } else if self.word("DROP") {
            self.words(&["KEY"])?;
            AlterPublisher::DropKey(self.string()?)
        } else {
            return Ok(None);
        };
        Ok(Some(Statement::AlterPublisher { name: name.clone(), change }))
    }

    /// `KEY '-----BEGIN PUBLIC KEY-----…' VALID FROM '2026-01-01' UNTIL '2027-01-01'`
    fn key(&mut self) -> Parsed<NewKey> {
        self.words(&["KEY"])?;
        let mut key = NewKey { pem: self.string()?, from: None, until: None };
        if self.word("VALID") {
            if self.word("FROM") {
                key.from = Some(self.string()?);
            }
            if key.from.is_none() || self.peek(0) == "UNTIL" {
                self.words(&["UNTIL"])?;
                key.until = Some(self.string()?);
            }
        }
        Ok(key)
    }
}
