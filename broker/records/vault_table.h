/* What the vault knows of its blobs in memory, found by name.
 *
 * Entries move when others are added or removed: a pointer to one is valid until the next vault_table_add or
 * vault_table_remove.
 */
#ifndef CANVASS_BROKER_RECORDS_VAULT_TABLE_H
#define CANVASS_BROKER_RECORDS_VAULT_TABLE_H

#include "base/digest.h"
#include "base/table.h"

/* A blob of which only the beginning has been received, with the size that its offer gave. */
typedef struct vault_partly {
  uint64_t bytes, have;      /* of the whole; of its beginning in partly/ */
  uint64_t hashed;           /* how much of that went through STREAM */
  digest_stream *stream;     /* NULL: none of it yet */
  bool is_handed_in;         /* complete, according to the client that wrote it to hand-in/ */
  uint64_t touched;          /* the vault's clock: least recently touched is forgotten first */
  struct vault_partly *next; /* of the same name, with another size */
} vault_partly;

typedef struct vault_entry {
  digest name;
  uint64_t bytes;       /* of a whole one */
  vault_partly *partly; /* owned, one for each size; NULL: not being received */
  uint32_t references;
  bool is_whole; /* complete, and compared with its name in this process */
  bool
      is_wanted; /* it arrived, or was offered again, since it was last referred to: it is about to be used */
  bool is_listed; /* among those whose last reference was dropped */
} vault_entry;

typedef struct vault_table {
  vault_entry *at;
  size_t count, capacity;
  hash_table names; /* of all entries in AT */
} vault_table;

void vault_table_fini(vault_table *t);
vault_entry *vault_table_find(const vault_table *t, const digest *name); /* NULL: unknown */
/* The entry of NAME, a new one if necessary; NULL when out of memory. */
vault_entry *vault_table_add(vault_table *t, const digest *name);
void vault_table_remove(vault_table *t, vault_entry *e);

void vault_partly_destroy(vault_partly *p); /* accepts NULL */

#endif
