/* canvass store: checks a store, gives back what is whole in a damaged one, copies that of a running broker.
 */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "broker/records/upkeep.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "cli/words.h"
#include "store/place.h"

enum { SHOWN = 20, SHOWN_JSON = 1000, OPERANDS_MAX = 3 };

static const option options[] = {
    {0, "json", NULL, OPTION_FLAG, offsetof(settings, json), 0, 0, NULL,
     SAID("one JSON object, for programs", "一个 JSON 对象，供程序使用", "一個 JSON 物件，供程式使用")},
};

/* ---- What is found ------------------------------------------------------------------------------- */

typedef struct answer {
  const settings *settings;
  json *found;
  size_t left_out;
} answer;

static void keep_finding(void *context, const char *where, const char *what) {
  answer *a = context;
  if (json_count(a->found) >= (a->settings->json ? SHOWN_JSON : SHOWN)) {
    a->left_out++;
    return;
  }
  arena *memory = json_arena(a->found);
  json *o = json_object(memory);
  json_set_text(o, "where", where);
  json_set_text(o, "what", what);
  json_push(a->found, o);
}

static void put_json(const answer *a, const char *directory, const char *kind, const store_findings *f,
                     buf *out) {
  arena *memory = json_arena(a->found);
  json *o = json_object(memory);
  const struct {
    const char *key;
    uint64_t value;
  } counts[] = {{"datasets", f->datasets},
                {"jobs", f->jobs},
                {"records", f->records},
                {"damaged_records", f->damaged_records},
                {"blobs", f->blobs},
                {"blob_bytes", f->blob_bytes},
                {"damaged_blobs", f->damaged_blobs},
                {"missing", f->missing},
                {"findings_left_out", a->left_out}};
  json_set(o, "store", json_text(memory, (slice){directory, text_utf8_check(directory, strlen(directory))}));
  json_set_text(o, "kind", kind);
  json_set_bool(o, "whole", store_findings_are_whole(f));
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    json_set_integer(o, counts[i].key, (int64_t)counts[i].value);
  }
  json_set(o, "findings", a->found);
  json_write_pretty(o, out);
  buf_put_u8(out, '\n');
}

static void put_count(buf *out, uint64_t count, const char *one, const char *many) {
  char words[WORDS_BYTES];
  words_of_count(count, words);
  buf_printf(out, "%s %s", words, text_plural(count, one, many));
}

static void put_text(const answer *a, const char *directory, place_kind kind, const store_findings *f,
                     buf *out) {
  char bytes[WORDS_BYTES];
  buf_printf(out, "%s: %s\n", directory,
             kind == PLACE_BROKER ? "the store of a broker" : "the cache of a worker or of `canvass run`");
  if (kind == PLACE_BROKER) {
    put_count(out, f->datasets, "dataset, ", "datasets, ");
    put_count(out, f->jobs, "job, ", "jobs, ");
    put_count(out, f->records, "result of running jobs; ", "results of running jobs; ");
  } else {
    put_count(out, f->records, "partial or record; ", "partials and records; ");
  }
  put_count(out, f->damaged_records, "place is damaged\n", "places are damaged\n");
  words_of_bytes(f->blob_bytes, bytes);
  put_count(out, f->blobs, "blob", "blobs");
  buf_printf(out, " of %s; ", bytes);
  put_count(out, f->damaged_blobs, "is damaged, ", "are damaged, ");
  put_count(out, f->missing, "is missing\n", "are missing\n");
  for (size_t i = 0; i < json_count(a->found); i++) {
    const json *one = json_at(a->found, i);
    buf_printf(out, "  %s: %s\n", json_as_cstring(json_get(one, "where")),
               json_as_cstring(json_get(one, "what")));
  }
  if (a->left_out > 0) {
    buf_printf(out, "  and %zu more%s\n", a->left_out, a->settings->json ? "" : "; --json lists them");
  }
}

static status print(const answer *a, const char *directory, place_kind kind, const store_findings *f,
                    error *err) {
  buf out;
  buf_init(&out);
  if (a->settings->json) {
    put_json(a, directory, kind == PLACE_BROKER ? "broker" : "cache", f, &out);
  } else {
    put_text(a, directory, kind, f, &out);
  }
  status st = arena_failed(json_arena(a->found)) ? error_no_memory(err, "what was found")
                                                 : buf_status(&out, "what was found", err);
  st = st == STATUS_OK ? output_write(NULL, &out, err) : st;
  buf_fini(&out);
  return st;
}

/* ---- Actions ------------------------------------------------------------------------------------- */

static status judge_verified(place_kind kind, const char *const *at, const store_findings *f, error *err) {
  if (kind == PLACE_CACHE) {
    return error_set(
        err, STATUS_CORRUPT,
        "the cache %s is damaged: nothing in it is needed; what is damaged is found when it is used, "
        "and made again",
        at[0]);
  }
  return f->damaged_records > 0
             ? error_set(err, STATUS_CORRUPT,
                         "the records of %s are damaged: put a backup in its place, or give back what is "
                         "whole with 'canvass store salvage %s NEWDIR'",
                         at[0], at[0])
             : error_set(
                   err, STATUS_CORRUPT,
                   "blobs of %s are damaged or missing: shards are fetched from workers that hold them, "
                   "or put the same files again",
                   at[0]);
}

static status judge_salvaged(place_kind kind, const char *const *at, const store_findings *f, error *err) {
  (void)kind;
  (void)f;
  return error_set(err, STATUS_CORRUPT,
                   "%s holds what is whole of %s; look at what was found before you start a broker on it",
                   at[1], at[0]);
}

static status judge_copied(place_kind kind, const char *const *at, const store_findings *f, error *err) {
  (void)kind;
  return f->damaged_records > 0
             ? error_set(err, STATUS_CORRUPT,
                         "the records of %s are damaged, and so are those of the copy %s", at[0], at[1])
             : error_set(err, STATUS_CORRUPT, "%s is a copy of %s, which lacks what was found above", at[1],
                         at[0]);
}

typedef struct action {
  const char *name;
  size_t operands;
  const char *needs;
  status (*of_broker)(const char *const *at, store_findings *f, error *err);
  status (*of_cache)(const char *const *at, store_findings *f, error *err); /* NULL: not for caches */
  status (*judge)(place_kind kind, const char *const *at, const store_findings *f, error *err);
} action;

static status verify_broker(const char *const *at, store_findings *f, error *err) {
  return upkeep_verify(at[0], f, err);
}

static status verify_cache(const char *const *at, store_findings *f, error *err) {
  return store_check_cache(at[0], f, err);
}

static status salvage(const char *const *at, store_findings *f, error *err) {
  return upkeep_salvage(at[0], at[1], f, err);
}

static status back_up(const char *const *at, store_findings *f, error *err) {
  return upkeep_backup(at[0], at[1], f, err);
}

static const action actions[] = {
    {"verify", 1, "DIR", verify_broker, verify_cache, judge_verified},
    {"salvage", 2, "DIR NEWDIR", salvage, NULL, judge_salvaged},
    {"backup", 2, "DIR NEWDIR", back_up, NULL, judge_copied},
};
enum { ACTIONS = sizeof actions / sizeof actions[0] };

static const action *action_named(const char *name) {
  for (size_t i = 0; i < ACTIONS; i++) {
    if (strcmp(actions[i].name, name) == 0) {
      return &actions[i];
    }
  }
  return NULL;
}

static status choose(const char *const *operands, size_t count, const action **out, error *err) {
  *out = action_named(operands[0]);
  if (*out == NULL) {
    const char *names[ACTIONS];
    for (size_t i = 0; i < ACTIONS; i++) {
      names[i] = actions[i].name;
    }
    const char *nearest = text_nearest(slice_of(operands[0]), names, ACTIONS);
    return error_set(err, STATUS_USAGE, "'store' does not know '%s'; %s%s%s", operands[0],
                     nearest != NULL ? "did you mean '" : "see 'canvass help store'",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
  }
  return count - 1 == (*out)->operands
             ? STATUS_OK
             : error_set(err, STATUS_USAGE, "'store %s' takes %s; see 'canvass help store'", (*out)->name,
                         (*out)->needs);
}

static status perform(const action *a, answer *to, const char *const *at, error *err) {
  place_kind kind = PLACE_CACHE;
  store_findings f = {.tell = keep_finding, .context = to};
  TRY(place_recognise(at[0], &kind, err));
  if (kind == PLACE_CACHE && a->of_cache == NULL) {
    return error_set(
        err, STATUS_USAGE,
        "%s is the cache of a worker or of `canvass run`: it needs no %s, because all of it can be made "
        "again",
        at[0], a->name);
  }
  TRY((kind == PLACE_BROKER ? a->of_broker : a->of_cache)(at, &f, err));
  TRY(print(to, at[0], kind, &f, err));
  return store_findings_are_whole(&f) ? STATUS_OK : a->judge(kind, at, &f, err);
}

static status look_after(const settings *s, const char *const *operands, size_t count, error *err) {
  const action *chosen = NULL;
  TRY(choose(operands, count, &chosen, err));
  arena *memory = arena_new();
  answer to = {.settings = s, .found = json_array(memory)};
  const status st =
      to.found != NULL ? perform(chosen, &to, operands + 1, err) : error_no_memory(err, "what is found");
  arena_destroy(memory);
  return st;
}

const subcommand subcommand_store = {
    .name = "store",
    .summary = SAID("check, salvage or back up what --store keeps", "检查、抢救或备份 --store 保存的内容",
                    "檢查、搶救或備份 --store 存放的內容"),
    .usage = "verify DIR | salvage DIR NEWDIR | backup DIR NEWDIR",
    .about = SAID("Looks after the directory that --store names.  NEWDIR is new or empty.\n"
                  "verify   compares every record and every blob with its checksum; for stores\n"
                  "         of brokers and caches, while nobody uses them\n"
                  "salvage  gives back what is whole in a broker's store that is damaged\n"
                  "backup   copies a broker's store, also while the broker runs; to restore,\n"
                  "         start a broker on the copy\n"
                  "What is damaged or missing is counted and named, and the exit code is then 1.\n",
                  "照管 --store 所指的目录。NEWDIR 须是新的或空的。\n"
                  "verify   以校验和核对每条记录与每个数据块；用于无人使用的调度程序存储与缓存\n"
                  "salvage  从损坏的调度程序存储中取回完好的部分\n"
                  "backup   复制调度程序的存储，运行中亦可；恢复时在副本上启动 broker\n"
                  "损坏或缺少的会计数并列出，此时退出码为 1。\n",
                  "照管 --store 所指的目錄。NEWDIR 須是新的或空的。\n"
                  "verify   以總和檢查碼核對每筆紀錄與每個資料塊；用於無人使用的儲存與快取\n"
                  "salvage  從損壞的調度程式儲存中取回完好的部分\n"
                  "backup   複製調度程式的儲存，執行中亦可；還原時在副本上啟動 broker\n"
                  "損壞或缺少的會計數並列出，此時結束碼為 1。\n"),
    .example =
        "canvass store verify /var/lib/canvass\n"
        "canvass store backup /var/lib/canvass /backup/canvass-2026-01-31\n"
        "canvass store salvage /var/lib/canvass /var/lib/canvass-salvaged\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = OPERANDS_MAX,
    .operands_missing = "verify, salvage or backup, and a directory",
    .run = look_after,
};
