//! Secrets of connections: sealed in the database, opened only for whoever may use the connection.
//!
//! The key is a file of its own beside the database, which only its owner may read: a copy or a backup of the database
//! alone gives nothing away. A secret is sealed by XChaCha20-Poly1305 under a random nonce, and bound to its connection
//! and name: moved to another row it does not open.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use chacha20poly1305::aead::{Aead, Generate, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::create::still_there;
use crate::{Access, Catalog, Error, Privilege, Result, Securable};

/// Bytes before what is sealed.
const NONCE: usize = 24;

/// The one key of a catalog.
pub(crate) struct Vault(XChaCha20Poly1305);

impl Vault {
    /// Reads the key from its file, or makes it: whoever is first, in whichever process.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| Error::Vault(format!("{}: {error}", path.display()));
        if let Some(key) = read(path)? {
            return Ok(key);
        }
        // Written whole under another name first: nobody ever reads half a key, or replaces one.
        let part = path.with_extension(format!("{}.part", Uuid::new_v4()));
        let key = Key::generate();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part).map_err(failed)?;
        let linked = file.write_all(&key).and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(&part, path));
        fs::remove_file(&part).map_err(failed)?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(error)),
            _ => read(path)?.ok_or_else(|| Error::Vault(format!("{} vanished", path.display()))),
        }
    }

    fn seal(&self, bound: &str, secret: &str) -> Result<Vec<u8>> {
        let nonce = XNonce::generate();
        let sealed = self.0.encrypt(&nonce, Payload { msg: secret.as_bytes(), aad: bound.as_bytes() });
        let sealed = sealed.map_err(|_| Error::Vault("a secret is too long".into()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn unseal(&self, bound: &str, sealed: &[u8]) -> Result<String> {
        let torn = || Error::Vault("the key was changed, or the database was; set the secrets anew".into());
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(torn)?;
        let secret = self.0.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: bound.as_bytes() });
        String::from_utf8(secret.map_err(|_| torn())?).map_err(|_| torn())
    }
}

fn read(path: &Path) -> Result<Option<Vault>> {
    match fs::read(path) {
        Ok(bytes) => match <[u8; 32]>::try_from(bytes) {
            Ok(key) => Ok(Some(Vault(XChaCha20Poly1305::new(&key.into())))),
            Err(_) => Err(Error::Vault(format!("{} is no key", path.display()))),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Vault(format!("{}: {error}", path.display()))),
    }
}

/// What a sealed secret is bound to.
fn bound(connection: Uuid, name: &str) -> String {
    format!("{connection}/{name}")
}

impl Catalog {
    /// Keeps a secret of a connection, or forgets it.
    pub(crate) async fn keep_secret(
        &self,
        db: &mut SqliteConnection,
        connection: Uuid,
        name: &str,
        value: Option<&str>,
    ) -> Result<()> {
        let id = connection.to_string();
        sqlx::query("DELETE FROM connection_secret WHERE connection_id = $1 AND name = $2")
            .bind(&id)
            .bind(name)
            .execute(&mut *db)
            .await?;
        let Some(value) = value else { return Ok(()) };
        sqlx::query("INSERT INTO connection_secret (connection_id, name, sealed) VALUES ($1, $2, $3)")
            .bind(&id)
            .bind(name)
            .bind(self.vault()?.seal(&bound(connection, name), value)?)
            .execute(db)
            .await?;
        Ok(())
    }

    /// Forgets all secrets of a connection.
    pub(crate) async fn forget_secrets(&self, db: &mut SqliteConnection, connection: Uuid) -> Result<()> {
        sqlx::query("DELETE FROM connection_secret WHERE connection_id = $1")
            .bind(connection.to_string())
            .execute(db)
            .await?;
        Ok(())
    }
}

pub(crate) async fn names(db: &mut SqliteConnection, connection: Uuid) -> Result<Vec<String>> {
    let sql = "SELECT name FROM connection_secret WHERE connection_id = $1 ORDER BY name";
    Ok(sqlx::query_scalar(sql).bind(connection.to_string()).fetch_all(db).await?)
}

impl Access {
    /// The names of a connection's secrets, in order. Needs MANAGE on it.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn secret_names(&self, connection: &Securable) -> Result<Vec<String>> {
        self.require(connection, Privilege::Manage).await?;
        names(&mut *self.catalog().read().await?, connection.id).await
    }

    /// A secret of a connection, for a request to where it leads and for nobody to see. Needs USE CONNECTION on it.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NoSecret`]; [`Error::Vault`]; [`Error::Conflict`] if the connection is not what it was
    /// when it was read: what is secret of it now is for where it leads now.
    pub async fn secret(&self, connection: &Securable, name: &str) -> Result<String> {
        self.require(connection, Privilege::UseConnection).await?;
        let mut snapshot = self.catalog().snapshot().await?;
        let now = still_there(&mut snapshot, connection).await?;
        if now.spec != connection.spec {
            return Err(Error::Conflict { kind: now.kind, name: now.name });
        }
        let row = sqlx::query("SELECT sealed FROM connection_secret WHERE connection_id = $1 AND name = $2")
            .bind(connection.id.to_string())
            .bind(name)
            .fetch_optional(&mut *snapshot)
            .await?;
        let row = row.ok_or_else(|| Error::NoSecret(connection.name.clone(), name.to_owned()))?;
        self.catalog().vault()?.unseal(&bound(connection.id, name), row.try_get("sealed")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_where_it_was_sealed_and_with_the_same_key() {
        let home = tempfile::tempdir().unwrap();
        let vault = Vault::open(&home.path().join("key")).unwrap();
        let sealed = vault.seal("a/token", "s3cret").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"s3cret"));
        assert_ne!(sealed, vault.seal("a/token", "s3cret").unwrap(), "a nonce is never used twice");
        let again = Vault::open(&home.path().join("key")).unwrap();
        assert_eq!(again.unseal("a/token", &sealed).unwrap(), "s3cret");
        assert!(matches!(again.unseal("b/token", &sealed), Err(Error::Vault(_))));
        let mut torn = sealed.clone();
        *torn.last_mut().unwrap() ^= 1;
        assert!(matches!(again.unseal("a/token", &torn), Err(Error::Vault(_))));
        assert!(matches!(again.unseal("a/token", &sealed[..20]), Err(Error::Vault(_))));
        let other = Vault::open(&home.path().join("other")).unwrap();
        assert!(matches!(other.unseal("a/token", &sealed), Err(Error::Vault(_))));
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_the_key_and_half_a_key_is_none() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("key");
        Vault::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "nothing is left beside it");
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Vault::open(&path), Err(Error::Vault(_))));
    }
}
