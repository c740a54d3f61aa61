/* canvass workers: a table for people, the broker's JSON for programs. */
#include <inttypes.h>

#include "base/text.h"
#include "cli/link.h"
#include "cli/listing.h"
#include "cli/words.h"

static const option options[] = {
    LISTING_JSON_OPTION,
    LINK_OPTIONS,
    LANGUAGE_OPTION,
};

static const listing_column columns[] = {
    {SAID("WORKER", "工作程序", "工作程式"), false, LISTING_TITLE_COLUMNS},
    {SAID("TASKS GIVEN", "已分派", "已分派"), true, 0},
    {SAID("DONE", "已完成", "已完成"), true, 0},
    {SAID("SHARDS", "分片", "分片"), true, 0},
    {SAID("HEARD", "最近联系", "最近聯繫"), true, 0},
    {SAID("FINGERPRINT", "指纹", "指紋"), false, 0},
    {SAID("NOTE", "备注", "備註"), false, 0},
};

static void put_note(table *t, const json *worker) {
  if (json_as_bool(json_get(worker, "set_aside"))) {
    table_put(t, slice_of(language_say("set aside: its results differ", "已停用：结果不一致",
                                       "已停用：結果不一致")));
  } else if (json_as_bool(json_get(worker, "held_back"))) {
    const uint64_t lost = listing_figure(worker, "races_lost");
    table_printf(
        t,
        language_say(text_plural(lost, "held back: another finished %" PRIu64 " of its tasks",
                                 "held back: others finished %" PRIu64 " of its tasks"),
                     "已少派：有 %" PRIu64 " 个任务由他者完成", "已少派：有 %" PRIu64 " 個任務由他者完成"),
        lost);
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
    table_printf(t, language_say("%" PRIu64 " of %" PRIu64, "%" PRIu64 "/%" PRIu64, "%" PRIu64 "/%" PRIu64),
                 listing_figure(worker, "running"), listing_figure(worker, "capacity"));
    listing_put_count(t, worker, "tasks_done");
    listing_put_count(t, worker, "shards");
    table_put(t, slice_of(heard));
    table_printf(t, "%.8s", json_as_cstring(json_get(worker, "fingerprint")));
    put_note(t, worker);
  }
}

static const listing workers_listing = {.what = "workers",
                                        .noun = SAID("workers", "工作程序", "工作程式"),
                                        .none = SAID("no workers", "没有工作程序", "沒有工作程式"),
                                        .columns = columns,
                                        .columns_count = sizeof columns / sizeof columns[0],
                                        .fill = put};

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
