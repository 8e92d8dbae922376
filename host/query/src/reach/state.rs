//! What a plugin keeps between its runs.

use polder_sandbox::{Granted, Keys};

use super::Reach;

impl Keys for Reach {
    fn get(&self, key: &str) -> Granted<Option<Vec<u8>>> {
        self.wait(async { Ok(self.catalog().state(&self.plugin, key).await?) })
    }

    fn set(&self, key: &str, value: Option<Vec<u8>>) -> Granted<()> {
        let most = self.limits.state_bytes;
        self.wait(async { Ok(self.catalog().set_state(&self.plugin, key, value, most).await?) })
    }

    fn keys(&self, prefix: &str, after: Option<&str>, most: usize) -> Granted<Vec<String>> {
        self.wait(async { Ok(self.catalog().state_keys(&self.plugin, prefix, after, most).await?) })
    }
}

impl Reach {
    fn catalog(&self) -> &polder_catalog::Catalog {
        self.access.catalog()
    }
}
