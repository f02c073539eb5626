/** One thing that somebody tries with what they have stolen: it throws where what `name` says is not so. */
export type Proof<Thief> = {
  name: string
  prove: (thief: Thief) => Promise<void>
}

/** At least one. */
type Proofs<Thief> =
  | readonly [Proof<Thief>, ...Proof<Thief>[]]
  | readonly [...Proof<Thief>[], Proof<Thief>]

/** A row of the tables in docs/security.md. A row without proofs of both kinds does not compile. */
export type Row<Thief> = {
  /** What it is about, as the docs have it. */
  thing: string
  can: { text: string; proofs: Proofs<Thief> }
  cannot: { text: string; proofs: Proofs<Thief> }
}

/** What a table tells of a row. */
type Texts = { thing: string; can: { text: string }; cannot: { text: string } }

/** The lines of a table, as they stand in docs/security.md. */
export const linesOf = (rows: readonly Texts[]): string[] =>
  rows.map(({ thing, can, cannot }) => `| ${thing} | ${can.text} | ${cannot.text} |`)
