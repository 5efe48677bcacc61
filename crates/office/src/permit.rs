//! Who may do what: the caller of every act and query, and the permit a route asks for.

pub use matter::Role;

/// What an API token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Create matters and perform steps.
    MattersWrite,
    /// Look matters up.
    MattersRead,
    /// Send documents from the body's OA, each request signed.
    DocumentsWrite,
}

impl Scope {
    /// The name under which the scope is stored and shown.
    pub const fn id(self) -> &'static str {
        match self {
            Scope::MattersWrite => "matters:write",
            Scope::MattersRead => "matters:read",
            Scope::DocumentsWrite => "documents:write",
        }
    }

    /// The scope of a stored name.
    pub fn parse(id: &str) -> Option<Scope> {
        [Scope::MattersWrite, Scope::MattersRead, Scope::DocumentsWrite].into_iter().find(|scope| scope.id() == id)
    }
}

/// Who asks. Every act and query of the office takes one; there is no ambient user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The body on whose behalf is asked; every query is confined to it.
    pub body: i64,
    /// The officer's id; 0 is the public, -1 the system, -2 the importer.
    pub actor: i64,
    /// The officer's name as the desk shows it; empty for the public.
    pub name: String,
    /// What the officer is.
    pub roles: Vec<Role>,
    /// The officer's unit.
    pub unit: Option<i64>,
    /// The one matter that a party opened with code and password.
    pub matter: Option<i64>,
    /// What a token allows; empty for people.
    pub scopes: Vec<Scope>,
}

impl Caller {
    /// Anybody on the portal: may file and read what is public.
    pub fn public(body: i64) -> Caller {
        Caller::of(body, 0, vec![Role::Party])
    }

    /// The party of one matter, proved by code and query password.
    pub fn party(body: i64, matter: i64) -> Caller {
        Caller { matter: Some(matter), ..Caller::public(body) }
    }

    /// The clock.
    pub fn system(body: i64) -> Caller {
        Caller::of(body, -1, vec![Role::System])
    }

    /// The importer: its permit stands for every role, and it notifies nobody.
    pub fn importer(body: i64) -> Caller {
        Caller::of(body, -2, vec![Role::Importer])
    }

    fn of(body: i64, actor: i64, roles: Vec<Role>) -> Caller {
        Caller { body, actor, name: String::new(), roles, unit: None, matter: None, scopes: Vec::new() }
    }

    /// Whether the caller signed in as an officer or acts by a token of one.
    pub fn is_officer(&self) -> bool {
        self.actor > 0
    }

    /// Whether the caller has the role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// What a route asks of its caller. The router's table names one for every route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Anybody.
    Public,
    /// The party of the matter, by a query session.
    Party,
    /// Any signed-in officer.
    Officer,
    /// An officer with one of these roles.
    Roles(&'static [Role]),
    /// A token with this scope.
    Token(Scope),
    /// A request that the key of a token with this scope signed (RFC 9421).
    Signed(Scope),
}

impl Permit {
    /// Whether the caller may pass.
    pub fn allows(self, caller: &Caller) -> bool {
        match self {
            Permit::Public => true,
            Permit::Party => caller.matter.is_some(),
            Permit::Officer => caller.is_officer() && caller.scopes.is_empty(),
            Permit::Roles(roles) => Permit::Officer.allows(caller) && roles.iter().any(|role| caller.has(*role)),
            Permit::Token(scope) | Permit::Signed(scope) => caller.scopes.contains(&scope),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_no_desk_session_and_a_session_no_token() {
        let mut clerk = Caller::of(1, 7, vec![Role::Clerk]);
        assert!(Permit::Officer.allows(&clerk));
        assert!(Permit::Roles(&[Role::Clerk]).allows(&clerk));
        assert!(!Permit::Roles(&[Role::Administrator]).allows(&clerk));
        assert!(!Permit::Token(Scope::MattersRead).allows(&clerk));
        clerk.scopes = vec![Scope::MattersRead];
        assert!(!Permit::Officer.allows(&clerk));
        assert!(Permit::Token(Scope::MattersRead).allows(&clerk));
        assert!(!Permit::Token(Scope::MattersWrite).allows(&clerk));
    }

    #[test]
    fn the_public_passes_only_public_routes() {
        let anybody = Caller::public(1);
        assert!(Permit::Public.allows(&anybody));
        for permit in [Permit::Party, Permit::Officer, Permit::Roles(&[Role::Party]), Permit::Token(Scope::MattersRead)]
        {
            assert!(!permit.allows(&anybody), "{permit:?}");
        }
        assert!(Permit::Party.allows(&Caller::party(1, 3)));
    }
}
