/* canvass workers: a table for people, the broker's JSON for programs. */
#include <inttypes.h>

#include "cli/link.h"
#include "cli/listing.h"
#include "cli/words.h"

static const option options[] = {
    LISTING_JSON_OPTION,
    LINK_OPTIONS,
    LANGUAGE_OPTION,
};

static const table_column columns[] = {
    {"WORKER", false, LISTING_TITLE_COLUMNS},
    {"TASKS GIVEN", true, 0},
    {"DONE", true, 0},
    {"SHARDS", true, 0},
    {"HEARD", true, 0},
    {"FINGERPRINT", false, 0},
    {"NOTE", false, 0},
};

static void put_note(table *t, const json *worker) {
  if (json_as_bool(json_get(worker, "set_aside"))) {
    table_put(t, slice_of("set aside: its results differ"));
  } else if (json_as_bool(json_get(worker, "held_back"))) {
    table_printf(t, "held back: others finished %" PRIu64 " of its tasks",
                 listing_figure(worker, "races_lost"));
  } else {
    table_put(t, slice_of(""));
  }
}

static void put(table *t, const listed *l) {
  for (size_t i = 0; i < l->count; i++) {
    const json *worker = l->items[i];
    char heard[WORDS_BYTES];
    words_of_age(json_as_integer(json_get(worker, "heard_seconds")), heard);
    listing_put_text(t, worker, "title");
    table_printf(t, "%" PRIu64 " of %" PRIu64, listing_figure(worker, "running"),
                 listing_figure(worker, "capacity"));
    listing_put_count(t, worker, "tasks_done");
    listing_put_count(t, worker, "shards");
    table_put(t, slice_of(heard));
    table_printf(t, "%.8s", json_as_cstring(json_get(worker, "fingerprint")));
    put_note(t, worker);
  }
}

static const listing workers_listing = {"workers", "no workers", columns, sizeof columns / sizeof columns[0],
                                        put,       NULL,         NULL};

static status workers(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  return listing_print(s, &workers_listing, err);
}

const subcommand subcommand_workers = {
    .name = "workers",
    .summary = LISTING_SUMMARY,
    .usage = "[OPTIONS]",
    .about = SAID("Lists the connected workers: tasks assigned and done, shards that they hold,\n"
                  "when they were last heard.  '3 of 4' means that of the 4 tasks that the worker\n"
                  "takes, twice its threads, 3 are assigned: it computes half of them at a time.\n"
                  "Workers of equal fingerprints give equal bytes.\n",
                  "列出已连接的工作程序：已分派与已完成的任务、持有的分片、最近一次联系。\n"
                  "“3/4” 表示该程序最多接 4 个任务（线程数的两倍），已分派 3 个：同时计算\n"
                  "其中一半。指纹相同的工作程序给出相同的字节。\n",
                  "列出已連線的工作程式：已分派與已完成的任務、持有的分片、最近一次聯繫。\n"
                  "「3/4」表示該程式最多接 4 個任務（執行緒數的兩倍），已分派 3 個：同時計算\n"
                  "其中一半。指紋相同的工作程式給出相同的位元組。\n"),
    .example = "canvass workers\ncanvass workers --json\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .run = workers,
};
