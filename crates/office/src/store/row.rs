//! Typed getters over a row of either engine.

use super::Fault;

/// A row of an answer, borrowed from the engine while it is being read.
pub struct Row<'r>(pub(super) Source<'r>);

pub(super) enum Source<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// Reads the column at `index` (from 0).
    ///
    /// # Errors
    /// [`Fault::Shape`] when the column is of another type or unexpectedly null.
    fn column(row: &Row<'_>, index: usize) -> Result<Self, Fault>;
}

impl Row<'_> {
    /// The column at `index` (from 0).
    ///
    /// # Errors
    /// [`Fault::Shape`] when the column is of another type or unexpectedly null.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, Fault> {
        T::column(self, index)
    }

    fn raw<T>(&self, index: usize) -> Result<T, Fault>
    where
        T: rusqlite::types::FromSql + for<'a> postgres::types::FromSql<'a>,
    {
        match &self.0 {
            Source::Sqlite(row) => row.get(index).map_err(|e| shape(index, &e)),
            Source::Postgres(row) => row.try_get(index).map_err(|e| shape(index, &e)),
        }
    }

    fn number(&self, index: usize) -> Result<Option<i64>, Fault> {
        use postgres::types::Type;
        match &self.0 {
            Source::Sqlite(row) => row.get(index).map_err(|e| shape(index, &e)),
            Source::Postgres(row) => match row.columns().get(index).map(|c| c.type_()) {
                Some(&Type::INT4) => {
                    row.try_get::<_, Option<i32>>(index).map(|n| n.map(i64::from)).map_err(|e| shape(index, &e))
                }
                _ => row.try_get(index).map_err(|e| shape(index, &e)),
            },
        }
    }
}

fn shape(index: usize, error: &dyn std::fmt::Display) -> Fault {
    Fault::Shape(format!("column {index}: {error}"))
}

impl Column for Option<i64> {
    fn column(row: &Row<'_>, index: usize) -> Result<Self, Fault> {
        row.number(index)
    }
}
impl Column for i64 {
    fn column(row: &Row<'_>, index: usize) -> Result<Self, Fault> {
        row.number(index)?.ok_or_else(|| Fault::Shape(format!("column {index} is null")))
    }
}

macro_rules! narrow {
    ($($to:ty),+) => {$(
        impl Column for $to {
            fn column(row: &Row<'_>, index: usize) -> Result<Self, Fault> {
                <$to>::try_from(i64::column(row, index)?).map_err(|e| shape(index, &e))
            }
        }
        impl Column for Option<$to> {
            fn column(row: &Row<'_>, index: usize) -> Result<Self, Fault> {
                row.number(index)?
                    .map(|n| <$to>::try_from(n).map_err(|e| shape(index, &e)))
                    .transpose()
            }
        }
    )+};
}
narrow!(i32, u32, u16, u8, usize, u64);

impl Column for bool {
    fn column(row: &Row<'_>, index: usize) -> Result<Self, Fault> {
        i64::column(row, index).map(|n| n != 0)
    }
}

macro_rules! plain {
    ($($to:ty),+) => {$(
        impl Column for $to {
            fn column(row: &Row<'_>, index: usize) -> Result<Self, Fault> {
                row.raw(index)
            }
        }
    )+};
}
plain!(String, Option<String>, Vec<u8>, Option<Vec<u8>>);

impl<const N: usize> Column for [u8; N] {
    fn column(row: &Row<'_>, index: usize) -> Result<Self, Fault> {
        let bytes: Vec<u8> = row.raw(index)?;
        let found = bytes.len();
        Self::try_from(bytes).map_err(|_| Fault::Shape(format!("column {index}: {found} bytes instead of {N}")))
    }
}
