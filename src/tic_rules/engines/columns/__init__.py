"""The frames engine: a rule set decided for a whole table of centres by expressions of narwhals (extra
`frames`).

`columns` names what is read, `reading` makes rows of centres, `deciding` compiles the condition trees to
expressions."""
