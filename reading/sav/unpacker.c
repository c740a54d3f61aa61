/* Reads cases, in the three forms that files have, as codes of elements.
 *
 * Compressed files have groups of eight codes, each followed by the elements that do not fit into a code.  In
 * .zsav files such groups are packed by zlib in consecutive blocks; the table of blocks at the end is passed
 * over. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "reading/sav/sav.h"

enum { GROUP = 8, ZHEADER_BYTES = 24, BLOCK_BYTES = 256 << 10, CODE_FIRST = 1, CODE_LAST = 251 };

typedef struct sav_unpacker {
  uint8_t group[GROUP];
  unsigned group_at; /* the next code of the group; GROUP: the next group is to be read */
  bool ended;
  /* Of .zsav: */
  z_stream zlib;
  bool inflating;
  uint64_t blocks_end; /* where in the file the table of blocks begins, */
  uint64_t table_bytes;
  uint8_t *block; /* unpacked bytes */
  size_t block_at, block_to;
} sav_unpacker;

static const char within[] = "its cases";

static status damaged(const input_file *f, const char *problem, error *err) {
  const sav_file *s = f->self;
  return error_set(err, STATUS_DATA, "%s: is damaged in case %llu: %s", f->title,
                   (unsigned long long)s->cases_cut + 1, problem);
}

/* ---- zlib ------------------------------------------------------------------------------------------- */

static status open_blocks(input_file *f, sav_unpacker *u, error *err) {
  sav_file *s = f->self;
  const uint64_t begin = byte_stream_position(&s->in);
  TRY(byte_stream_need(&s->in, ZHEADER_BYTES, within, err));
  const uint8_t *header = byte_stream_bytes(&s->in);
  const uint64_t own = sav_u64(&s->numbers, header);
  u->blocks_end = sav_u64(&s->numbers, header + sizeof(uint64_t));
  u->table_bytes = sav_u64(&s->numbers, header + 2 * sizeof(uint64_t));
  if (own != begin || u->blocks_end < begin + ZHEADER_BYTES) {
    return damaged(f, "its blocks are not where its header says", err);
  }
  byte_stream_take(&s->in, ZHEADER_BYTES);
  u->block = malloc(BLOCK_BYTES);
  if (u->block == NULL || inflateInit(&u->zlib) != Z_OK) {
    return error_no_memory(err, f->title);
  }
  u->inflating = true;
  return STATUS_OK;
}

/* Unpacks more bytes; none after the last block. */
static status inflate_more(input_file *f, sav_unpacker *u, error *err) {
  sav_file *s = f->self;
  memmove(u->block, u->block + u->block_at, u->block_to - u->block_at);
  u->block_to -= u->block_at;
  u->block_at = 0;
  const size_t before = u->block_to;
  while (u->block_to == before) {
    const uint64_t position = byte_stream_position(&s->in);
    if (position >= u->blocks_end) {
      return u->zlib.total_in == 0 ? STATUS_OK : damaged(f, "its last block is not complete", err);
    }
    TRY(byte_stream_need(&s->in, 1, within, err));
    const uint64_t of_blocks = u->blocks_end - position;
    const size_t left = byte_stream_left(&s->in);
    const size_t given = of_blocks < left ? (size_t)of_blocks : left;
    u->zlib.next_in = (z_const Bytef *)byte_stream_bytes(&s->in);
    u->zlib.avail_in = (uInt)given;
    u->zlib.next_out = u->block + u->block_to;
    u->zlib.avail_out = (uInt)(BLOCK_BYTES - u->block_to);
    const int result = inflate(&u->zlib, Z_NO_FLUSH);
    byte_stream_take(&s->in, given - u->zlib.avail_in);
    u->block_to = BLOCK_BYTES - u->zlib.avail_out;
    if (result == Z_STREAM_END) {
      inflateReset(&u->zlib);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return result == Z_MEM_ERROR ? error_no_memory(err, f->title)
                                   : damaged(f, "a block cannot be unpacked", err);
    }
  }
  return STATUS_OK;
}

/* ---- Bytes of codes and elements -------------------------------------------------------------------- */

/* Gives COUNT bytes at *OUT; NULL at the end of the blocks or of the file. */
static status take_bytes(input_file *f, sav_unpacker *u, size_t count, const uint8_t **out, error *err) {
  sav_file *s = f->self;
  *out = NULL;
  if (s->compression != SAV_ZLIB) {
    TRY(byte_stream_ask(&s->in, count, err));
    if (byte_stream_left(&s->in) >= count) {
      *out = byte_stream_bytes(&s->in);
      byte_stream_take(&s->in, count);
    }
    return STATUS_OK;
  }
  while (u->block_to - u->block_at < count) {
    const size_t before = u->block_to - u->block_at;
    TRY(inflate_more(f, u, err));
    if (u->block_to - u->block_at == before) {
      return STATUS_OK;
    }
  }
  *out = u->block + u->block_at;
  u->block_at += count;
  return STATUS_OK;
}

/* ---- Cases ------------------------------------------------------------------------------------------ */

static status cut_off(const input_file *f, error *err) {
  const sav_file *s = f->self;
  return error_set(err, STATUS_DATA, "%s: ends in case %llu%s; the file was cut off, copy it again", f->title,
                   (unsigned long long)s->cases_cut + 1,
                   s->cases < 0 ? "" : ", before the number in its header");
}

/* Puts a plain element as a code where it can: most are small whole numbers or blanks. */
static void put_element(const sav_file *s, const uint8_t *element, buf *out) {
  static const char blanks[SAV_ELEMENT_BYTES + 1] = "        ";
  const double v = sav_double(&s->numbers, element);
  const double shifted = v + s->numbers.bias;
  if (memcmp(element, blanks, SAV_ELEMENT_BYTES) == 0) {
    buf_put_u8(out, SAV_CODE_BLANKS);
  } else if (sav_u64(&s->numbers, element) == s->numbers.missing) {
    buf_put_u8(out, SAV_CODE_MISSING);
  } else if (shifted >= CODE_FIRST && shifted <= CODE_LAST && (double)(int)shifted - s->numbers.bias == v) {
    buf_put_u8(out, (uint8_t)shifted);
  } else {
    buf_put_u8(out, SAV_CODE_ELEMENT);
    buf_put(out, element, SAV_ELEMENT_BYTES);
  }
}

static status next_plain(input_file *f, sav_unpacker *u, buf *out, bool *end, error *err) {
  sav_file *s = f->self;
  const size_t bytes = (size_t)s->elements * SAV_ELEMENT_BYTES;
  const uint8_t *elements;
  TRY(take_bytes(f, u, bytes, &elements, err));
  if (elements == NULL) {
    *end = byte_stream_left(&s->in) == 0;
    return *end ? STATUS_OK : cut_off(f, err);
  }
  for (uint32_t i = 0; i < s->elements; i++) {
    put_element(s, elements + (size_t)i * SAV_ELEMENT_BYTES, out);
  }
  return STATUS_OK;
}

/* Reads the code of the next element; SAV_CODE_END at the end. */
static status next_code(input_file *f, sav_unpacker *u, uint8_t *code, error *err) {
  do {
    if (u->group_at == GROUP) {
      const uint8_t *group;
      TRY(take_bytes(f, u, GROUP, &group, err));
      if (group == NULL) {
        *code = SAV_CODE_END;
        return STATUS_OK;
      }
      memcpy(u->group, group, GROUP);
      u->group_at = 0;
    }
    *code = u->group[u->group_at++];
  } while (*code == SAV_CODE_IGNORED);
  return STATUS_OK;
}

static status next_coded(input_file *f, sav_unpacker *u, buf *out, bool *end, error *err) {
  sav_file *s = f->self;
  for (uint32_t i = 0; i < s->elements; i++) {
    uint8_t code = SAV_CODE_END;
    TRY(next_code(f, u, &code, err));
    if (code == SAV_CODE_END) {
      u->ended = true;
      *end = i == 0;
      return *end ? STATUS_OK : cut_off(f, err);
    }
    buf_put_u8(out, code);
    if (code == SAV_CODE_ELEMENT) {
      const uint8_t *element;
      TRY(take_bytes(f, u, SAV_ELEMENT_BYTES, &element, err));
      if (element == NULL) {
        return cut_off(f, err);
      }
      buf_put(out, element, SAV_ELEMENT_BYTES);
    }
  }
  return STATUS_OK;
}

status sav_next_case(input_file *f, buf *out, bool *end, error *err) {
  enum { CODE_BYTES = 1 };
  sav_file *s = f->self;
  sav_unpacker *u = s->unpacker;
  *end = u->ended || (s->cases >= 0 && s->cases_cut == (uint64_t)s->cases);
  if (*end) {
    return STATUS_OK;
  }
  if (!piece_bytes_reserve(out, (size_t)s->elements * (CODE_BYTES + SAV_ELEMENT_BYTES))) {
    return error_no_memory(err, f->title);
  }
  TRY(s->compression == SAV_PLAIN ? next_plain(f, u, out, end, err) : next_coded(f, u, out, end, err));
  if (*end && s->cases >= 0) {
    return cut_off(f, err);
  }
  s->cases_cut += !*end;
  return out->failed ? error_no_memory(err, f->title) : STATUS_OK;
}

status sav_pass_end(input_file *f, error *err) {
  sav_file *s = f->self;
  sav_unpacker *u = s->unpacker;
  uint8_t code = SAV_CODE_END;
  if (s->compression != SAV_PLAIN && !u->ended) {
    TRY(next_code(f, u, &code, err));
  }
  if (code != SAV_CODE_END) {
    return byte_stream_refuse_more(&s->in, err);
  }
  if (s->compression == SAV_ZLIB) {
    TRY(byte_stream_pass(&s->in, u->blocks_end - byte_stream_position(&s->in), within, err));
    TRY(byte_stream_pass(&s->in, u->table_bytes, "the table of its blocks", err));
  }
  return byte_stream_end(&s->in, err);
}

/* ---- The unpacker ----------------------------------------------------------------------------------- */

status sav_unpacker_new(input_file *f, error *err) {
  sav_file *s = f->self;
  s->unpacker = calloc(1, sizeof *s->unpacker);
  if (s->unpacker == NULL) {
    return error_no_memory(err, f->title);
  }
  s->unpacker->group_at = GROUP;
  return s->compression == SAV_ZLIB ? open_blocks(f, s->unpacker, err) : STATUS_OK;
}

void sav_unpacker_free(sav_unpacker *u) {
  if (u == NULL) {
    return;
  }
  if (u->inflating) {
    inflateEnd(&u->zlib);
  }
  free(u->block);
  free(u);
}
