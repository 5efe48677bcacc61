//! The one schema of both indexes.

use tantivy::schema::{
    FAST, FacetOptions, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};

use crate::cut;

/// Changes with every change of the schema or of the tokens: an index of another format is
/// made anew.
pub(crate) const FORMAT: u32 = 5;
/// Fields that are read as columns, by name.
pub(crate) const ID: &str = "id";
pub(crate) const AT: &str = "at";
pub(crate) const FACETS: &str = "facets";

/// The fields.
#[derive(Clone, Copy)]
pub(crate) struct Fields {
    pub id: Field,
    pub body: Field,
    pub unit: Field,
    pub at: Field,
    pub facets: Field,
    pub number: Field,
    pub title: Field,
    pub title_key: Field,
    pub spelled: Field,
    pub text: Field,
}

pub(crate) fn schema() -> (Schema, Fields) {
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(cut::NAME)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_i64_field(ID, INDEXED | FAST),
        body: builder.add_i64_field("body", INDEXED),
        unit: builder.add_i64_field("unit", INDEXED),
        at: builder.add_i64_field(AT, INDEXED | FAST),
        facets: builder.add_facet_field(FACETS, FacetOptions::default()),
        number: builder.add_text_field("number", STRING),
        title: builder.add_text_field("title", words.clone()),
        title_key: builder.add_text_field("title_key", STRING),
        spelled: builder.add_text_field("spelled", STRING),
        text: builder.add_text_field("text", words),
    };
    (builder.build(), fields)
}
