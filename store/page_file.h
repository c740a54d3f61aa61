/* A file of LMDB's pages and the numbers in them, each checked before it is returned (index_pages.h).
 */
#ifndef CANVASS_STORE_PAGE_FILE_H
#define CANVASS_STORE_PAGE_FILE_H

#include <stdint.h>

#include "base/buf.h"

enum {
  PAGE_KEY_BYTES_MAX = 511,
  PAGE_DEPTH_MAX = 32,
  PAGE_NODES_AWAY = 1, /* flags of a node of a leaf: its value is in pages of its own */
  PAGE_NODES_TABLE = 2 /* its value is the head of a table */
};
#define PAGE_NONE UINT64_MAX

/* As LMDB writes it (MDB_db). */
typedef struct table_head {
  uint32_t page_bytes; /* only of the table of free pages */
  uint16_t flags, depth;
  uint64_t branch_pages, leaf_pages, value_pages, entries;
  uint64_t root; /* PAGE_NONE: the table is empty */
} table_head;

enum { PAGE_TABLE_FREE, PAGE_TABLE_MAIN, PAGE_TABLES };

typedef struct page_file {
  int file; /* -1: not open */
  size_t page_bytes;
  uint64_t pages; /* of the file */
  /* As the newest commit left them. */
  table_head tables[PAGE_TABLES];
  uint64_t last_page, transaction;
  const char *doubt; /* what is damaged at the beginning of the file; NULL: nothing */
} page_file;

/* *FOUND is false when there is no file, or an empty one.  One whose beginning says nothing has no tables,
 * and the pages of this machine. */
status page_file_open(const char *directory, page_file *out, bool *found, error *err) MUST_USE;
void page_file_close(page_file *f);

/* A page of a tree, in memory of its reader. */
typedef struct tree_page {
  uint8_t *bytes; /* owned: free() */
  size_t page_bytes;
  unsigned nodes;
  bool is_leaf;
} tree_page;

typedef struct page_node {
  slice key;
  uint16_t flags;
  uint64_t child; /* of a branch; of a value that is away: its first page */
  uint64_t value_bytes;
  const uint8_t *value; /* NULL when it is away */
} page_node;

/* What is returned when there is no memory, which is not damage. */
extern const char page_no_memory[];

/* Reads page NUMBER and checks it as far as it alone can be.  Returns NULL, or what is damaged. */
const char *page_file_tree(const page_file *f, uint64_t number, tree_page *out);
page_node tree_page_node(const tree_page *p, unsigned index);
/* What remains of a page that may be damaged and seems to have been a leaf: its entries are then only those
 * that lie in it whole.  False: nothing, or no memory. */
bool page_file_remains(const page_file *f, uint64_t number, tree_page *out);
/* Its next entry; *AT is 0 for the first.  False: there is none left. */
bool tree_page_next(const tree_page *p, unsigned *at, page_node *out);
/* How many pages from NUMBER on hold a value of BYTES.  Returns NULL, or what is damaged. */
const char *page_file_value_pages(const page_file *f, uint64_t number, uint64_t bytes, uint64_t *count);
/* Appends it. */
const char *page_file_value(const page_file *f, uint64_t number, uint64_t bytes, buf *out);
void page_table_read(const uint8_t *bytes, table_head *out);

#endif
