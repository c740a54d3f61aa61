/* canvass drop: removes a dataset. */
#include <inttypes.h>

#include "base/text.h"
#include "cli/link.h"
#include "cli/output.h"
#include "cli/words.h"

static const option options[] = {
    LINK_OPTIONS,
    LANGUAGE_OPTION,
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL,
     SAID("no message on success", "成功时不显示消息", "成功時不顯示訊息")},
};

static status drop(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  session *link = NULL;
  uint64_t using = 0;
  TRY(link_open(s, &link, err));
  const status st = session_drop(link, operands[0], &using, err);
  session_close(link);
  TRY(st);
  if (!s->quiet && using > 0) {
    output_complain(
        language_say(
            text_plural(using,
                        "dataset %s is dropped; its data stay until %" PRIu64 " unfinished job has ended",
                        "dataset %s is dropped; its data stay until %" PRIu64 " unfinished jobs have ended"),
            "已删除数据集 %s；其数据保留到 %" PRIu64 " 个未完成的作业结束",
            "已刪除資料集 %s；其資料保留到 %" PRIu64 " 個未完成的作業結束"),
        operands[0], using);
  } else if (!s->quiet) {
    output_complain(language_say("dataset %s is dropped", "已删除数据集 %s", "已刪除資料集 %s"), operands[0]);
  }
  return STATUS_OK;
}

const subcommand subcommand_drop = {
    .name = "drop",
    .summary = LINK_ENDING_SUMMARY,
    .usage = "[OPTIONS] NAME",
    .about = SAID("Removes a dataset.  Its name is free at once; jobs that use its data go on, and\n"
                  "the data are removed when these have ended.\n",
                  "删除数据集。其名称立即可再用；正在使用其数据的作业继续进行，待它们结束后\n"
                  "数据才删除。\n",
                  "刪除資料集。其名稱立即可再用；正在使用其資料的作業繼續進行，待它們結束後\n"
                  "資料才刪除。\n"),
    .example = "canvass drop airline\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a dataset's name",
    .run = drop,
};
