//! Nothing comes before everything has been seen.

use polder_sdk::prelude::*;

struct Sort {
    by: String,
    batches: Vec<Batch>,
}

/// Gives the rows in ascending order of a column of BIGINT, nulls last.
#[transform]
impl Sort {
    fn bind(input: &[Field], by: String) -> Result<(Self, Vec<Field>)> {
        match input.iter().find(|field| *field.name == *by) {
            Some(Field { data_type: DataType::Int64, .. }) => Ok((Self { by, batches: vec![] }, input.to_vec())),
            Some(_) => Err(Error::new(format!("column `{by}` is not of BIGINT"))),
            None => Err(Error::new(format!("there is no column `{by}`"))),
        }
    }

    fn push(&mut self, batch: Batch) {
        self.batches.push(batch);
    }

    fn finish(&mut self) -> Result<Option<Batch>> {
        let Some(all) = Batch::concat(&std::mem::take(&mut self.batches))? else { return Ok(None) };
        let keys = all.typed::<i64>(&self.by)?;
        let mut rows: Vec<usize> = (0..all.rows()).collect();
        rows.sort_by_key(|row| keys.get(*row).map_or((true, 0), |key| (false, key)));
        Ok(Some(all.take(&rows)))
    }
}
