/* The layout of LMDB 0.9's pages.
 *
 *     page      u64 number, u16 unused, u16 flags, then u16 end of the places and u16 begin of the nodes, or
 * of a value's first page u32 how many it has; then u16 places of nodes, from the page's beginning node u16
 * low, u16 high, u16 flags, u16 length of the key, the key; LOW and HIGH are a value's length, or with FLAGS
 * a child's number meta      pages 0 and 1, written in turn: magic, version, address, size of the map, the
 * heads of the table of free pages and of the main table, the last page, the number of the transaction */
#include "store/page_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  PAGE_HEAD_BYTES = 16,
  NODE_HEAD_BYTES = 8,
  PLACE_BYTES = 2,
  NUMBER_BYTES = 8,
  METAS = 2,
  PAGE_BYTES_MIN = 512,
  PAGE_BYTES_MAX = 32768,
  IS_BRANCH = 1,
  IS_LEAF = 2,
  IS_VALUE = 4,
  IS_META = 8,
  INTEGER_KEYS = 8,
  BEYOND_PAGES_MAX = 1 << 18, /* that were given to a transaction and never written */
};
#define MAGIC           0xBEEFC0DEU
#define DATA_VERSION    1U
#define VALUE_BYTES_MAX ((uint64_t)UINT32_MAX)

typedef struct page_head {
  uint64_t number;
  uint16_t unused, flags, lower, upper;
} page_head;
_Static_assert(sizeof(page_head) == PAGE_HEAD_BYTES, "LMDB's head of a page");

typedef struct meta_head {
  uint32_t magic, version;
  uint64_t address, map_bytes;
  table_head tables[PAGE_TABLES];
  uint64_t last_page, transaction;
} meta_head;
_Static_assert(sizeof(meta_head) == 136, "LMDB's meta page");

typedef struct node_head {
  uint16_t low, high, flags, key_bytes;
} node_head;
_Static_assert(sizeof(node_head) == NODE_HEAD_BYTES, "LMDB's head of a node");

const char page_no_memory[] = "out of memory";

/* False at the end of the file, and when it cannot be read. */
static bool read_at(int file, void *out, size_t bytes, uint64_t offset) {
  for (size_t done = 0; done < bytes;) {
    const ssize_t got = pread(file, (char *)out + done, bytes - done, (off_t)(offset + done));
    if (got == 0 || (got < 0 && errno != EINTR)) {
      return false;
    }
    done += got > 0 ? (size_t)got : 0;
  }
  return true;
}

/* ---- The beginning ------------------------------------------------------------------------------- */

static bool is_page_size(uint32_t bytes) {
  return bytes >= PAGE_BYTES_MIN && bytes <= PAGE_BYTES_MAX && (bytes & (bytes - 1)) == 0;
}

/* Whether the head of a table can be right. */
static bool is_table(const page_file *f, const table_head *t) {
  const bool is_empty = t->root == PAGE_NONE;
  return t->depth <= PAGE_DEPTH_MAX && is_empty == (t->depth == 0) && is_empty == (t->entries == 0) &&
         (is_empty || t->root < f->pages);
}

/* Why the meta page in slot NUMBER cannot be used, or NULL. */
static const char *read_meta(const page_file *f, unsigned number, size_t page_bytes, meta_head *out) {
  page_head head;
  const uint64_t at = (uint64_t)number * page_bytes;
  if (!read_at(f->file, &head, sizeof head, at) || !read_at(f->file, out, sizeof *out, at + sizeof head)) {
    return "it cannot be read";
  }
  if (head.flags != IS_META || head.number != number || out->magic != MAGIC || out->version != DATA_VERSION) {
    return "it is not the beginning of an index";
  }
  if (!is_page_size(out->tables[PAGE_TABLE_FREE].page_bytes)) {
    return "its size of pages cannot be right";
  }
  return NULL;
}

static const char *check_meta(const page_file *f, const meta_head *m) {
  if (m->tables[PAGE_TABLE_FREE].flags != INTEGER_KEYS || m->tables[PAGE_TABLE_MAIN].flags != 0 ||
      !is_table(f, &m->tables[PAGE_TABLE_FREE]) || !is_table(f, &m->tables[PAGE_TABLE_MAIN]) ||
      m->last_page + 1 < METAS || m->last_page > f->pages + BEYOND_PAGES_MAX) {
    return "what it says of the tables cannot be right";
  }
  return NULL;
}

/* The size of pages comes from whichever meta page gives one; the second is at its distance. */
static bool find_page_bytes(page_file *f) {
  meta_head m;
  if (read_meta(f, 0, PAGE_BYTES_MIN, &m) == NULL) {
    f->page_bytes = m.tables[PAGE_TABLE_FREE].page_bytes;
    return true;
  }
  for (size_t bytes = PAGE_BYTES_MIN; bytes <= PAGE_BYTES_MAX; bytes *= 2) {
    if (read_meta(f, 1, bytes, &m) == NULL && m.tables[PAGE_TABLE_FREE].page_bytes == bytes) {
      f->page_bytes = bytes;
      return true;
    }
  }
  return false;
}

/* Nothing is known but the pages, if they have the usual size. */
static void have_no_meta(page_file *f, uint64_t file_bytes) {
  const long usual = sysconf(_SC_PAGESIZE);
  f->page_bytes = f->page_bytes != 0 ? f->page_bytes : usual > 0 ? (size_t)usual : PAGE_BYTES_MIN;
  f->pages = file_bytes / f->page_bytes;
  f->last_page = f->pages;
  f->doubt = "the file does not begin as an index does";
  for (int i = 0; i < PAGE_TABLES; i++) {
    f->tables[i] = (table_head){.root = PAGE_NONE};
  }
}

/* The newer one that can be used; false: none can. */
static bool choose_meta(page_file *f, uint64_t file_bytes) {
  meta_head metas[METAS];
  const meta_head *chosen = NULL;
  const char *why[METAS];
  if (!find_page_bytes(f)) {
    return false;
  }
  f->pages = file_bytes / f->page_bytes;
  for (unsigned i = 0; i < METAS; i++) {
    why[i] = read_meta(f, i, f->page_bytes, &metas[i]);
    why[i] = why[i] == NULL ? check_meta(f, &metas[i]) : why[i];
    f->doubt = f->doubt == NULL ? why[i] : f->doubt;
    if (why[i] == NULL && (chosen == NULL || metas[i].transaction > chosen->transaction)) {
      chosen = &metas[i];
    }
  }
  if (chosen == NULL) {
    return false;
  }
  const uint64_t numbers[METAS] = {metas[0].transaction, metas[1].transaction};
  const uint64_t apart = numbers[0] > numbers[1] ? numbers[0] - numbers[1] : numbers[1] - numbers[0];
  if (f->doubt == NULL && apart != 1 && (numbers[0] != 0 || numbers[1] != 0)) {
    f->doubt = "its transaction does not follow the one before";
  }
  memcpy(f->tables, chosen->tables, sizeof f->tables);
  f->last_page = chosen->last_page;
  f->transaction = chosen->transaction;
  return true;
}

status page_file_open(const char *directory, page_file *out, bool *found, error *err) {
  char path[PATH_MAX];
  struct stat info;
  *out = (page_file){.file = -1};
  *found = false;
  const int length = snprintf(path, sizeof path, "%s/data.mdb", directory);
  if (length < 0 || (size_t)length >= sizeof path) {
    return error_set(err, STATUS_IO, "the path of the index %s is too long", directory);
  }
  out->file = open(path, O_RDONLY | O_CLOEXEC);
  if (out->file < 0 && errno == ENOENT) {
    return STATUS_OK;
  }
  if (out->file < 0 || fstat(out->file, &info) != 0) {
    const status st = error_set(err, STATUS_IO, "cannot read %s: %s", path, strerror(errno));
    page_file_close(out);
    return st;
  }
  if (info.st_size > 0 && !choose_meta(out, (uint64_t)info.st_size)) {
    have_no_meta(out, (uint64_t)info.st_size);
  }
  *found = info.st_size > 0;
  return STATUS_OK;
}

void page_file_close(page_file *f) {
  if (f->file >= 0) {
    close(f->file);
  }
  f->file = -1;
}

void page_table_read(const uint8_t *bytes, table_head *out) {
  memcpy(out, bytes, sizeof *out);
}

/* ---- Pages of trees ------------------------------------------------------------------------------ */

static size_t place_of(const tree_page *p, unsigned index) {
  uint16_t place;
  memcpy(&place, p->bytes + PAGE_HEAD_BYTES + (size_t)index * PLACE_BYTES, sizeof place);
  return place;
}

/* What node takes in its page. */
static size_t node_bytes(const tree_page *p, const node_head *n) {
  const size_t value = (size_t)n->low | (size_t)n->high << 16;
  const size_t kept = !p->is_leaf ? 0 : (n->flags & PAGE_NODES_AWAY) != 0 ? NUMBER_BYTES : value;
  const size_t bytes = NODE_HEAD_BYTES + n->key_bytes + kept;
  return bytes + (bytes & 1);
}

/* Nodes fill the page from UPPER to its end, in any order and without gaps. */
static const char *check_nodes(const tree_page *p, size_t upper) {
  size_t sum = 0;
  for (unsigned i = 0; i < p->nodes; i++) {
    node_head n;
    const size_t place = place_of(p, i);
    if (place < upper || place % 2 != 0 || place > p->page_bytes - NODE_HEAD_BYTES) {
      return "an entry lies outside of its page";
    }
    memcpy(&n, p->bytes + place, sizeof n);
    const size_t bytes = node_bytes(p, &n);
    if (bytes > p->page_bytes - place || n.key_bytes > PAGE_KEY_BYTES_MAX) {
      return "an entry is larger than its page";
    }
    if (p->is_leaf && n.flags != 0 && n.flags != PAGE_NODES_AWAY && n.flags != PAGE_NODES_TABLE) {
      return "an entry of an unknown kind";
    }
    sum += bytes;
  }
  return sum == p->page_bytes - upper ? NULL : "its entries overlap";
}

static const char *check_tree(const page_head *head, uint64_t number, tree_page *p) {
  if (head->number != number || (head->flags != IS_BRANCH && head->flags != IS_LEAF)) {
    return "it is not a page of a table";
  }
  if (head->lower < PAGE_HEAD_BYTES || head->lower % PLACE_BYTES != 0 || head->lower > head->upper ||
      head->upper > p->page_bytes) {
    return "its bounds cannot be right";
  }
  p->is_leaf = head->flags == IS_LEAF;
  p->nodes = (unsigned)(head->lower - PAGE_HEAD_BYTES) / PLACE_BYTES;
  if (p->nodes == 0) {
    return "it has no entries";
  }
  return check_nodes(p, head->upper);
}

const char *page_file_tree(const page_file *f, uint64_t number, tree_page *out) {
  page_head head;
  *out = (tree_page){.page_bytes = f->page_bytes};
  if (number >= f->pages) {
    return "it lies beyond the end of the file";
  }
  out->bytes = malloc(f->page_bytes);
  if (out->bytes == NULL) {
    return page_no_memory;
  }
  const char *what = "it cannot be read";
  if (read_at(f->file, out->bytes, f->page_bytes, number * f->page_bytes)) {
    memcpy(&head, out->bytes, sizeof head);
    what = check_tree(&head, number, out);
  }
  if (what != NULL) {
    free(out->bytes);
    out->bytes = NULL;
  }
  return what;
}

page_node tree_page_node(const tree_page *p, unsigned index) {
  node_head n;
  const uint8_t *at = p->bytes + place_of(p, index);
  memcpy(&n, at, sizeof n);
  const uint8_t *key = at + NODE_HEAD_BYTES;
  page_node node = {.key = {(const char *)key, n.key_bytes}, .flags = n.flags};
  const uint64_t number = (uint64_t)n.low | (uint64_t)n.high << 16;
  if (!p->is_leaf) {
    node.child = number | (uint64_t)n.flags << 32;
    node.flags = 0;
  } else if ((n.flags & PAGE_NODES_AWAY) != 0) {
    memcpy(&node.child, key + n.key_bytes, sizeof node.child);
    node.value_bytes = number;
  } else {
    node.value = key + n.key_bytes;
    node.value_bytes = number;
  }
  return node;
}

/* ---- Remains ------------------------------------------------------------------------------------- */

bool page_file_remains(const page_file *f, uint64_t number, tree_page *out) {
  page_head head;
  *out = (tree_page){.page_bytes = f->page_bytes, .is_leaf = true};
  out->bytes = malloc(f->page_bytes);
  if (out->bytes == NULL) {
    return false;
  }
  const bool is_read = read_at(f->file, out->bytes, f->page_bytes, number * f->page_bytes);
  if (is_read) {
    memcpy(&head, out->bytes, sizeof head);
  }
  /* One of the two may be damaged. */
  if (!is_read || (head.number != number && head.flags != IS_LEAF)) {
    free(out->bytes);
    out->bytes = NULL;
    return false;
  }
  return true;
}

/* Where places end is not known, but that they end before the first entry. */
bool tree_page_next(const tree_page *p, unsigned *at, page_node *out) {
  const size_t last = p->page_bytes - NODE_HEAD_BYTES;
  for (; PAGE_HEAD_BYTES + ((size_t)*at + 1) * PLACE_BYTES <= last; ++*at) {
    const size_t places_end = PAGE_HEAD_BYTES + ((size_t)*at + 1) * PLACE_BYTES;
    const size_t place = place_of(p, *at);
    if (place % 2 != 0 || place < places_end || place > last) {
      continue;
    }
    node_head n;
    memcpy(&n, p->bytes + place, sizeof n);
    const bool is_whole = node_bytes(p, &n) <= p->page_bytes - place && n.key_bytes > 0 &&
                          n.key_bytes <= PAGE_KEY_BYTES_MAX && (n.flags & PAGE_NODES_TABLE) == 0;
    if (is_whole) {
      *out = tree_page_node(p, (*at)++);
      return true;
    }
  }
  return false;
}

/* ---- Values in pages of their own ---------------------------------------------------------------- */

const char *page_file_value_pages(const page_file *f, uint64_t number, uint64_t bytes, uint64_t *count) {
  page_head head;
  uint32_t pages;
  if (number >= f->pages) {
    return "a value lies beyond the end of the file";
  }
  if (!read_at(f->file, &head, sizeof head, number * f->page_bytes)) {
    return "it cannot be read";
  }
  memcpy(&pages, &head.lower, sizeof pages);
  if (head.number != number || head.flags != IS_VALUE || pages == 0 || pages > f->pages - number) {
    return "it is not the page of a value";
  }
  if (bytes > VALUE_BYTES_MAX || bytes > (uint64_t)pages * f->page_bytes - PAGE_HEAD_BYTES) {
    return "a value is larger than its pages";
  }
  *count = pages;
  return NULL;
}

const char *page_file_value(const page_file *f, uint64_t number, uint64_t bytes, buf *out) {
  if (!buf_reserve(out, (size_t)bytes)) {
    return page_no_memory;
  }
  if (!read_at(f->file, out->data + out->length, (size_t)bytes, number * f->page_bytes + PAGE_HEAD_BYTES)) {
    return "a value cannot be read";
  }
  out->length += (size_t)bytes;
  return NULL;
}
