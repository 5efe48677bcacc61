//! The tokens of `text` as tantivy wants them.

use std::iter::Peekable;
use std::vec::IntoIter;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The name under which the index knows this tokenizer.
pub(crate) const NAME: &str = "mingtang";

/// Cuts texts into characters, pairs and words; see `text::token`.
#[derive(Clone)]
pub(crate) struct Cutter;

/// The tokens of one text.
pub(crate) struct Cut {
    rest: Peekable<IntoIter<text::token::Token>>,
    token: Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Cut;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cut {
        Cut { rest: text::token::tokens(text).into_iter().peekable(), token: Token::default() }
    }
}

impl TokenStream for Cut {
    fn advance(&mut self) -> bool {
        let Some(next) = self.rest.next() else {
            return false;
        };
        self.token = Token {
            offset_from: next.range.start,
            offset_to: next.range.end,
            position: next.position,
            text: next.text,
            position_length: 1,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
