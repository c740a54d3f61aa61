/* Walks through the trees of an index, the table of free pages first.
 *
 * A tree's keys ascend from its first leaf to its last; the key of a branch's entry is above all keys before
 * it and not above those below it.  So a page that is reached twice, or in the wrong place, is noticed by its
 * keys as well as by the list of pages in use. */
#include "store/index_pages.h"

#include <stdlib.h>
#include <string.h>

#include "store/page_file.h"

enum { TABLE_NAME_BYTES_MAX = PAGE_KEY_BYTES_MAX, FIRST_PAGE = 2, NUMBER_BYTES = 8 };

/* Of the table that is being walked. */
typedef struct position {
  const table_head *head;
  slice table; /* its name; of the main table and of free pages none */
  bool is_free, is_main;
  uint64_t entries;
  /* The next key is above this one, or (after a branch's) not below. */
  uint8_t low[PAGE_KEY_BYTES_MAX];
  size_t low_bytes;
  bool has_low, is_above;
} position;

typedef struct walk {
  page_file file;
  const pages_visitor *visitor; /* NULL: the first damage ends the walk */
  uint8_t *claimed, *unused;    /* a bit for each page: in use; free */
  buf value;
  bool ends, out_of_memory;
  uint64_t damaged_page;
  const char *damaged_what; /* the first damage; NULL: none */
} walk;

/* ---- Damage -------------------------------------------------------------------------------------- */

static void damaged(walk *w, uint64_t page, const char *what) {
  if (what == page_no_memory) {
    w->out_of_memory = w->ends = true;
    return;
  }
  if (w->damaged_what == NULL) {
    w->damaged_page = page;
    w->damaged_what = what;
  }
  if (w->visitor != NULL) {
    w->visitor->damage(w->visitor->context, page, what);
  } else {
    w->ends = true;
  }
}

static bool has_bit(const uint8_t *bits, uint64_t page) {
  return (bits[page / 8] >> page % 8 & 1) != 0;
}

static void set_bit(uint8_t *bits, uint64_t page) {
  bits[page / 8] |= (uint8_t)(1U << page % 8);
}

/* COUNT pages from PAGE on, which are in the file, belong to one place.  Returns NULL, or why they cannot: a
 * page that is also free is then as if nothing led to it. */
static const char *claim(walk *w, uint64_t page, uint64_t count) {
  const char *what = page >= FIRST_PAGE ? NULL : "it is in use twice";
  for (uint64_t i = page; i < page + count && what == NULL; i++) {
    if (has_bit(w->unused, i)) {
      w->unused[i / 8] &= (uint8_t) ~(1U << i % 8);
      what = "it is in use, and free";
    } else if (has_bit(w->claimed, i)) {
      what = "it is in use twice";
    } else {
      set_bit(w->claimed, i);
    }
  }
  return what;
}

/* ---- Keys ---------------------------------------------------------------------------------------- */

static uint64_t number_at(const void *bytes) {
  uint64_t number;
  memcpy(&number, bytes, sizeof number);
  return number;
}

/* Free pages are kept by the number of their transaction, all else by bytes. */
static int compare_keys(const position *at, slice key) {
  const slice low = {(const char *)at->low, at->low_bytes};
  if (!at->is_free) {
    return slice_compare(key, low);
  }
  const uint64_t a = number_at(key.bytes);
  const uint64_t b = number_at(low.bytes);
  return (a > b) - (a < b);
}

static const char *check_key(position *at, slice key, bool is_of_leaf) {
  if (key.length == 0 || (at->is_free && key.length != NUMBER_BYTES)) {
    return "a key of the wrong length";
  }
  const int order = at->has_low ? compare_keys(at, key) : 1;
  const bool is_in_order = order > 0 || (order == 0 && !at->is_above);
  memcpy(at->low, key.bytes, key.length);
  at->low_bytes = key.length;
  at->has_low = true;
  at->is_above = is_of_leaf;
  return is_in_order ? NULL : "its keys are not in order";
}

/* ---- Values -------------------------------------------------------------------------------------- */

/* Numbers of pages that are free: their count, then the numbers, descending. */
static const char *check_free(walk *w, slice value) {
  const uint64_t count = value.length >= NUMBER_BYTES ? number_at(value.bytes) : UINT64_MAX;
  if (count > value.length / NUMBER_BYTES - 1) {
    return "a list of free pages is cut off";
  }
  uint64_t above = w->file.last_page + 1;
  for (uint64_t i = 1; i <= count; i++) {
    const uint64_t page = number_at(value.bytes + i * NUMBER_BYTES);
    if (page >= above || page < FIRST_PAGE) {
      return "a list of free pages is not in order";
    }
    above = page;
    if (page < w->file.pages && (has_bit(w->claimed, page) || has_bit(w->unused, page))) {
      return "a free page is in use, or free twice";
    }
    if (page < w->file.pages) {
      set_bit(w->unused, page);
    }
  }
  return NULL;
}

/* Whether the value is wanted, or only where it is. */
static bool reads_values(const walk *w, const position *at) {
  return w->visitor != NULL || at->is_free;
}

static const char *read_value(walk *w, const position *at, const page_node *node, slice *out) {
  *out = (slice){(const char *)node->value, node->value != NULL ? (size_t)node->value_bytes : 0};
  if (node->value != NULL) {
    return NULL;
  }
  uint64_t count = 0;
  const char *what = page_file_value_pages(&w->file, node->child, node->value_bytes, &count);
  what = what == NULL ? claim(w, node->child, count) : what;
  if (what == NULL && reads_values(w, at)) {
    buf_clear(&w->value);
    what = page_file_value(&w->file, node->child, node->value_bytes, &w->value);
    *out = (slice){(const char *)w->value.data, w->value.length};
  }
  return what;
}

/* ---- Trees --------------------------------------------------------------------------------------- */

static void walk_table(walk *w, const table_head *head, slice name, bool is_free, bool is_main);

static void take_table(walk *w, uint64_t page, const page_node *node) {
  table_head head;
  if (node->value == NULL || node->value_bytes != sizeof head) {
    damaged(w, page, "the head of a table has the wrong size");
    return;
  }
  page_table_read(node->value, &head);
  const bool is_empty = head.root == PAGE_NONE;
  if (head.flags != 0 || head.depth > PAGE_DEPTH_MAX || is_empty != (head.depth == 0)) {
    damaged(w, page, "the head of a table cannot be right");
  }
  char name[TABLE_NAME_BYTES_MAX];
  memcpy(name, node->key.bytes, node->key.length);
  walk_table(w, &head, (slice){name, node->key.length}, false, false);
}

/* The main table holds the heads of the others and nothing else. */
static void take_entry(walk *w, const position *at, uint64_t page, const page_node *node) {
  if (((node->flags & PAGE_NODES_TABLE) != 0) != at->is_main) {
    damaged(w, page, "an entry of the wrong kind");
    return;
  }
  if (at->is_main) {
    take_table(w, page, node);
    return;
  }
  slice value;
  const char *what = read_value(w, at, node, &value);
  what = what == NULL && at->is_free ? check_free(w, value) : what;
  if (what != NULL) {
    damaged(w, page, what);
  } else if (w->visitor != NULL && !at->is_free) {
    w->visitor->record(w->visitor->context, at->table, node->key, value);
  }
}

static void walk_leaf(walk *w, position *at, uint64_t number, const tree_page *page) {
  for (unsigned i = 0; i < page->nodes && !w->ends; i++) {
    const page_node node = tree_page_node(page, i);
    const char *what = check_key(at, node.key, true);
    if (what != NULL) {
      damaged(w, number, what);
    }
    if (!w->ends && node.key.length > 0) {
      at->entries++;
      take_entry(w, at, number, &node);
    }
  }
}

static void walk_page(walk *w, position *at, uint64_t number, unsigned depth);

static void walk_branch(walk *w, position *at, uint64_t number, const tree_page *page, unsigned depth) {
  if (page->nodes == 1 && !at->is_free) { /* LMDB asserts that there are more */
    damaged(w, number, "it has too few entries");
  }
  for (unsigned i = 0; i < page->nodes && !w->ends; i++) {
    const page_node node = tree_page_node(page, i);
    const char *what = i > 0 ? check_key(at, node.key, false) : NULL; /* the first has none */
    if (what != NULL) {
      damaged(w, number, what);
    }
    if (!w->ends) {
      walk_page(w, at, node.child, depth + 1);
    }
  }
}

static void walk_page(walk *w, position *at, uint64_t number, unsigned depth) {
  tree_page page;
  const char *what =
      depth > PAGE_DEPTH_MAX ? "its table is too deep" : page_file_tree(&w->file, number, &page);
  if (what != NULL) {
    damaged(w, number, what);
    return;
  }
  what = claim(w, number, 1);
  if (what != NULL) {
    damaged(w, number, what);
  } else if (page.is_leaf) {
    if (depth != at->head->depth) {
      damaged(w, number, "it is not as deep in its table as the other leaves");
    }
    walk_leaf(w, at, number, &page);
  } else {
    walk_branch(w, at, number, &page, depth);
  }
  free(page.bytes);
}

static void walk_table(walk *w, const table_head *head, slice name, bool is_free, bool is_main) {
  position at = {.head = head, .table = name, .is_free = is_free, .is_main = is_main};
  if (head->root != PAGE_NONE) {
    walk_page(w, &at, head->root, 1);
  }
  if (!w->ends && at.entries != head->entries) {
    damaged(w, head->root != PAGE_NONE ? head->root : 0,
            "its table has another number of entries than it says");
  }
}

/* ---- What no page leads to ----------------------------------------------------------------------- */

/* Its values may be in pages that are in use: whoever sees the record has its checksum. */
static void take_stray(walk *w, const page_node *node) {
  uint64_t count;
  slice value = {(const char *)node->value, node->value != NULL ? (size_t)node->value_bytes : 0};
  if (node->value == NULL) {
    buf_clear(&w->value);
    if (page_file_value_pages(&w->file, node->child, node->value_bytes, &count) != NULL ||
        page_file_value(&w->file, node->child, node->value_bytes, &w->value) != NULL) {
      return;
    }
    value = (slice){(const char *)w->value.data, w->value.length};
  }
  w->visitor->record(w->visitor->context, (slice){"", 0}, node->key, value);
}

static void walk_strays(walk *w) {
  for (uint64_t number = FIRST_PAGE; number < w->file.pages && !w->ends; number++) {
    tree_page page;
    if (has_bit(w->claimed, number) || has_bit(w->unused, number) ||
        !page_file_remains(&w->file, number, &page)) {
      continue;
    }
    page_node node;
    for (unsigned at = 0; tree_page_next(&page, &at, &node);) {
      take_stray(w, &node);
    }
    free(page.bytes);
  }
}

/* ---- Walking ------------------------------------------------------------------------------------- */

static status walk_all(walk *w, error *err) {
  w->claimed = calloc((size_t)(w->file.pages / 8) + 1, 1);
  w->unused = calloc((size_t)(w->file.pages / 8) + 1, 1);
  if (w->claimed == NULL || w->unused == NULL) {
    return error_no_memory(err, "the pages of an index");
  }
  if (w->file.doubt != NULL) {
    damaged(w, 0, w->file.doubt);
  }
  const slice nameless = {"", 0};
  if (!w->ends) {
    walk_table(w, &w->file.tables[PAGE_TABLE_FREE], nameless, true, false);
  }
  if (!w->ends) {
    walk_table(w, &w->file.tables[PAGE_TABLE_MAIN], nameless, false, true);
  }
  if (w->visitor != NULL && w->damaged_what != NULL) {
    walk_strays(w);
  }
  return w->out_of_memory ? error_no_memory(err, "the pages of an index") : STATUS_OK;
}

static status walk_file(walk *w, const char *directory, bool *found, error *err) {
  TRY(page_file_open(directory, &w->file, found, err));
  if (!*found) {
    page_file_close(&w->file);
    return STATUS_OK;
  }
  buf_init(&w->value);
  const status st = walk_all(w, err);
  buf_fini(&w->value);
  free(w->claimed);
  free(w->unused);
  page_file_close(&w->file);
  return st;
}

status index_pages_check(const char *directory, error *err) {
  walk w = {.visitor = NULL};
  bool found = false;
  TRY(walk_file(&w, directory, &found, err));
  return w.damaged_what == NULL ? STATUS_OK
                                : error_set(err, STATUS_CORRUPT, "page %llu: %s",
                                            (unsigned long long)w.damaged_page, w.damaged_what);
}

status index_pages_salvage(const char *directory, const pages_visitor *visitor, bool *found, error *err) {
  walk w = {.visitor = visitor};
  return walk_file(&w, directory, found, err);
}
