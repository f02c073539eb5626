/** Placement constraints that Engines take at create, as they are. */
export const TAKEN = [
  'node.role==manager',
  'node.role == manager',
  'Node.Role!=Worker',
  'node.foo==x',
  'node.labels.a!=b',
  'node.labels.==x',
  'engine.labels.x==y',
  'node.ip==10.0.0.0/8',
  'node.id==x y',
  'node.hostname==/a/',
  'node.labels.a==a.*(b)?+[c]\\^$|:-_',
  '_a==b',
] as const

/** Those that Engines refuse, and what our refusal says of each. */
export const REFUSED = [
  ['node.role=manager', /^needs == or !=/],
  ['node.role = manager', /^needs == or !=/],
  ['foo', /^needs == or !=/],
  ['', /^needs == or !=/],
  ['node.role>=1', /^needs == or !=/],
  ['node.hostname==', /^needs a value after ==/],
  ['node.hostname!= ', /^needs a value after !=/],
  ['==x', /^needs a key before ==/],
  ['a==x', /^needs a key before ==/],
  ['1a==x', /^needs a key before ==/],
  ['node role==x', /^needs a key before ==/],
  ['node.a!=b==c', /^needs a key before ==/],
  ['node.labels.ä==x', /^needs a key before ==/],
  ['node.labels.a==b@c', /^can have only letters/],
  ['node.labels.a==b,c', /^can have only letters/],
  ['node.labels.a==ä', /^can have only letters/],
  ['node.labels.a==b=c', /^can have only letters/],
  ['node.labels.a==b==c', /^can have only letters/],
] as const
