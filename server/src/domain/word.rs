//! Closed sets of words: an enum whose every value has one machine word, the same in the database and on the wire.

/// Declares an enum with a word for each value: `as_str`, `FromStr`, `Display`, serde and the `OpenAPI` schema.
macro_rules! word_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value:ident = $word:tt,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name {
            $($(#[$value_meta])* #[serde(rename = $word)] $value,)+
        }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The machine word of this value.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::domain::invalid::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$value),)+
                    other => Err(crate::domain::invalid::UnknownWord {
                        set: stringify!($name),
                        word: other.to_owned(),
                    }),
                }
            }
        }
    };
}

pub(crate) use word_enum;
