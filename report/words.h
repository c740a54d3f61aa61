/* The fixed words of the report's frame, in three languages; columns, tables and sentences of analyses
 * are terms (stats/analyses/terms.h).  Patterns hold {places} for `sentence_fill`. */
#ifndef CANVASS_REPORT_WORDS_H
#define CANVASS_REPORT_WORDS_H

#include "report/report.h"

#define WORD_TABLE(X)                                                                                                                                           \
  X(WORD_REPORT, "Evaluation report", "满意度测评报告", "滿意度測評報告")                                                                                       \
  X(WORD_SUMMARY, "Summary", "摘要", "摘要")                                                                                                                    \
  X(WORD_DATA, "About the data", "数据说明", "資料說明")                                                                                                        \
  X(WORD_CONTENTS, "Contents", "目录", "目錄")                                                                                                                  \
  X(WORD_CHART_DATA, "Chart data", "图表数据", "圖表資料")                                                                                                      \
  X(WORD_BACK_TO, "Contents of {title}", "返回目录：{title}", "返回目錄：{title}")                                                                              \
  X(WORD_FIGURE_NUMBER, "Figure {n}. {subject}", "图 {n}　{subject}", "圖 {n}　{subject}")                                                                      \
  X(WORD_TABLE_NUMBER, "Table {n}. {subject}", "表 {n}　{subject}", "表 {n}　{subject}")                                                                        \
  X(WORD_FILE, "File", "文件", "檔案")                                                                                                                          \
  X(WORD_ROWS, "Rows", "有效记录数", "有效筆數")                                                                                                                \
  X(WORD_RECORDS, "Records", "记录数", "紀錄筆數")                                                                                                              \
  X(WORD_BYTES, "Bytes", "字节数", "位元組數")                                                                                                                  \
  X(WORD_QUARANTINED, "Quarantined records", "格式错误已剔除的记录", "格式錯誤已剔除的紀錄")                                                                    \
  X(WORD_BLANK_ROWS, "Blank rows", "空白行", "空白列")                                                                                                          \
  X(WORD_REPEATED_HEADERS, "Repeated headers", "重复的表头", "重複的標題列")                                                                                    \
  X(WORD_TOTALS, "Totals", "合计行", "合計列")                                                                                                                  \
  X(WORD_INVALID, "Invalid answers", "无效答案", "無效答案")                                                                                                    \
  X(WORD_WARNINGS, "Warnings", "警告", "警告")                                                                                                                  \
  X(WORD_VARIABLE, "Variable", "变量", "變數")                                                                                                                  \
  X(WORD_ANSWERED, "Answered", "已回答", "已回答")                                                                                                              \
  X(WORD_ROUNDED, "Rounded", "已舍入", "已捨入")                                                                                                                \
  X(WORD_TOTAL, "Total", "总体", "總體")                                                                                                                        \
  X(WORD_NO_ANSWER, "no answer", "未回答", "未回答")                                                                                                            \
  X(WORD_COLON, ": ", "：", "：")                                                                                                                               \
  X(WORD_FROM_TO, "{low} to {high}", "{low} 至 {high}", "{low} 至 {high}")                                                                                      \
  X(WORD_COMMA, ", ", "、", "、")                                                                                                                               \
  X(WORD_OF_GROUP, "({group})", "（{group}）", "（{group}）")                                                                                                   \
  X(WORD_SEE_BELOW, "{title}: see below", "{title}：见下文", "{title}：見下文")                                                                                 \
  X(WORD_MORE, "… and {n} more", "……另有 {n} 项", "……另有 {n} 項")                                                                                              \
  X(WORD_MORE_LIKE_IT, "… and {n} more like it (all in the JSON)", "……另有 {n} 条同类提示（全部见 JSON）",                                                      \
    "……另有 {n} 則同類提示（全部見 JSON）")                                                                                                                     \
  X(WORD_NO_ROWS, "no rows", "无数据", "無資料")                                                                                                                \
  X(WORD_PANEL, "continued", "续", "續")                                                                                                                        \
  X(WORD_BASE, "{used} of {rows} {rows?row:rows}", "共 {rows} 条记录，纳入分析 {used} 条",                                                                      \
    "共 {rows} 筆紀錄，納入分析 {used} 筆")                                                                                                                     \
  X(WORD_UNWEIGHTED, "unweighted", "未加权", "未加權")                                                                                                          \
  X(WORD_WEIGHTED, "weighted by {weight}", "按 {weight} 加权", "按 {weight} 加權")                                                                              \
  X(WORD_WEIGHTED_AS, "weighted by {weight} ({kind})", "按 {weight} 加权（{kind}）",                                                                            \
    "按 {weight} 加權（{kind}）")                                                                                                                               \
  X(WORD_SAMPLING, "sampling weights", "抽样权重", "抽樣權重")                                                                                                  \
  X(WORD_FREQUENCY, "frequency weights", "频数权重", "次數權重")                                                                                                \
  X(WORD_WHERE, "where {where}", "筛选：{where}", "篩選：{where}")                                                                                              \
  X(WORD_CONFIDENCE, "{percent}% confidence", "置信水平 {percent}%", "信賴水準 {percent}%")                                                                     \
  X(WORD_FILTERED_OUT, "rows left out by the filter: {n}", "被筛选条件排除的记录：{n}",                                                                         \
    "被篩選條件排除的紀錄：{n}")                                                                                                                                \
  X(WORD_FILTER_UNKNOWN, "of these unknown because an answer is missing: {n}",                                                                                  \
    "其中因缺少答案而无法判断：{n}", "其中因缺少答案而無法判斷：{n}")                                                                                           \
  X(WORD_WEIGHT_ZERO, "rows of weight 0: {n}", "权重为 0 的记录：{n}", "權重為 0 的紀錄：{n}")                                                                  \
  X(WORD_WEIGHT_UNUSABLE, "rows without a usable weight: {n}", "无可用权重的记录：{n}",                                                                         \
    "無可用權重的紀錄：{n}")                                                                                                                                    \
  X(WORD_WEIGHT_MISSING, "Rows without a weight in {item}, not used: {n} ({places})",                                                                           \
    "{item} 中没有权重的记录，未使用：{n}（{places}）", "{item} 中沒有權重的紀錄，未使用：{n}（{places}）")                                                     \
  X(WORD_WEIGHT_NO_NUMBER, "Weights in {item} that are not numbers, rows not used: {n} ({places})",                                                             \
    "{item} 中不是数字的权重，这些记录未使用：{n}（{places}）",                                                                                                 \
    "{item} 中不是數字的權重，這些紀錄未使用：{n}（{places}）")                                                                                                 \
  X(WORD_WEIGHT_TOO_LARGE, "Weights in {item} that are too large, rows not used: {n} ({places})",                                                               \
    "{item} 中过大的权重，这些记录未使用：{n}（{places}）",                                                                                                     \
    "{item} 中過大的權重，這些紀錄未使用：{n}（{places}）")                                                                                                     \
  X(WORD_WEIGHT_NEGATIVE, "Negative weights in {item}, rows not used: {n} ({places})",                                                                          \
    "{item} 中为负的权重，这些记录未使用：{n}（{places}）",                                                                                                     \
    "{item} 中為負的權重，這些紀錄未使用：{n}（{places}）")                                                                                                     \
  X(WORD_WEIGHT_FRACTIONAL, "Frequency weights in {item} with fractions: {n} ({places})",                                                                       \
    "{item} 中带有小数的频数权重：{n}（{places}）", "{item} 中帶有小數的次數權重：{n}（{places}）")                                                             \
  X(WORD_WEIGHT_FEW_DIGITS,                                                                                                                                     \
    "Small weights in {item} that keep fewer than nine significant digits beside the heaviest: {n} "                                                            \
    "({places})",                                                                                                                                               \
    "{item} 中因最大权重的限制而不足九位有效数字的小权重：{n}（{places}）",                                                                                     \
    "{item} 中因最大權重的限制而不足九位有效數字的小權重：{n}（{places}）")                                                                                     \
  X(WORD_WEIGHT_ROUNDED,                                                                                                                                        \
    "Weights in {item} with more digits than are kept, rounded: {n} of {answered}; none is changed by more "                                                    \
    "than 1 part in {parts}",                                                                                                                                   \
    "{item} 中位数多于保留位数、已舍入的权重：{answered} 个中的 {n} 个；改变均不超过 {parts} 分之一",                                                           \
    "{item} 中位數多於保留位數、已捨入的權重：{answered} 個中的 {n} 個；改變均不超過 {parts} 分之一")                                                           \
  X(WORD_WEIGHT_ROUNDED_AWAY,                                                                                                                                   \
    "Weights in {item} with more digits than are kept, rounded: {n} of {answered}; some are changed by as "                                                     \
    "much as they are",                                                                                                                                         \
    "{item} 中位数多于保留位数、已舍入的权重：{answered} 个中的 {n} 个；其中有的改变不小于权重本身",                                                            \
    "{item} 中位數多於保留位數、已捨入的權重：{answered} 個中的 {n} 個；其中有的改變不小於權重本身")                                                            \
  X(WORD_QUARANTINED_PLACES, "Quarantined in {file}: {places}", "{file} 中格式错误已剔除的记录：{places}",                                                      \
    "{file} 中格式錯誤已剔除的紀錄：{places}")                                                                                                                  \
  X(WORD_BLANK_ROW_LINES, "Blank rows in {file}, left out: {n} ({n?line:lines} {places})",                                                                      \
    "{file} 中的空白行，未计入：{n} 行（第 {places} 行）",                                                                                                      \
    "{file} 中的空白列，未計入：{n} 列（第 {places} 行）")                                                                                                      \
  X(WORD_REPEATED_HEADER_LINES, "Header rows repeated in {file}, left out: {n} ({n?line:lines} {places})",                                                      \
    "{file} 中重复的表头，未计入：{n} 行（第 {places} 行）",                                                                                                    \
    "{file} 中重複的標題列，未計入：{n} 列（第 {places} 行）")                                                                                                  \
  X(WORD_TOTAL_LINES, "Totals in {file}, left out: {n} ({n?line:lines} {places})",                                                                              \
    "{file} 中的合计行，未计入：{n} 行（第 {places} 行）",                                                                                                      \
    "{file} 中的合計列，未計入：{n} 列（第 {places} 行）")                                                                                                      \
  X(WORD_HIDDEN_ROW_LINES,                                                                                                                                      \
    "Rows that {file} hides (by a filter, for example) are read like others: {n} (lines {places})",                                                             \
    "{file} 中隐藏的行（例如被筛选的行）与其他行一样读取：{n} 行（第 {places} 行）",                                                                            \
    "{file} 中隱藏的列（例如被篩選的列）與其他列一樣讀取：{n} 列（第 {places} 行）")                                                                            \
  X(WORD_LONG_NUMBER_LINES,                                                                                                                                     \
    "Rows of {file} with numbers of more than 15 digits, read with 15: {n} (lines {places})",                                                                   \
    "{file} 中含有超过 15 位有效数字的数的行，按 15 位读取：{n} 行（第 {places} 行）",                                                                          \
    "{file} 中含有超過 15 位有效數字的數的列，按 15 位讀取：{n} 列（第 {places} 行）")                                                                          \
  X(WORD_FAR_CELL_LINES,                                                                                                                                        \
    "Rows of {file} with cells far to the right of its table, which are not read: {n} (lines {places})",                                                        \
    "{file} 中在表格右侧很远处另有单元格的行，这些单元格未读取：{n} 行（第 {places} 行）",                                                                      \
    "{file} 中在表格右側很遠處另有儲存格的列，這些儲存格未讀取：{n} 列（第 {places} 行）")                                                                      \
  X(WORD_MAYBE_TOTAL_LINES,                                                                                                                                     \
    "Rows of {file} that may be totals are counted as respondents: {n} ({n?line:lines} {places}); `data: "                                                      \
    "{totals: leave_out}` leaves them out, `totals: keep` says that they are respondents",                                                                      \
    "{file} 中可能是合计的行按受访者计入：{n} 行（第 {places} 行）；`data: {totals: leave_out}` "                                          \
    "将其剔除，`totals: keep` 表明它们是受访者",                                                                                                                \
    "{file} 中可能是合計的列按受訪者計入：{n} 列（第 {places} 行）；`data: {totals: leave_out}` "                                          \
    "將其剔除，`totals: keep` 表明它們是受訪者")                                                                                                                \
  X(WORD_LOST_ROWS, "Lost", "丢失", "遺失")                                                                                                                     \
  X(WORD_LOST_ROW_PLACES, "Rows of {file} that were lost and are in no figure: {n} ({places})",                                                                 \
    "{file} 中丢失、未计入任何数字的记录：{n}（{places}）",                                                                                                     \
    "{file} 中遺失、未計入任何數字的紀錄：{n}（{places}）")                                                                                                     \
  X(WORD_LOST_TO_WORKERS, "{first} to {last}: workers were lost while they computed them",                                                                      \
    "第 {first} 至 {last} 条：计算时工作进程丢失", "第 {first} 至 {last} 筆：計算時工作程序遺失")                                                               \
  X(WORD_LOST_UNREADABLE, "{first} to {last}: their shard cannot be had or read anywhere",                                                                      \
    "第 {first} 至 {last} 条：其数据分片无处可得或无法读取",                                                                                                    \
    "第 {first} 至 {last} 筆：其資料分片無處可得或無法讀取")                                                                                                    \
  X(WORD_READ_AS_ROW, "{file} read as: {format}, 1 header row", "{file} 的读取格式：{format}，1 行表头",                                                        \
    "{file} 的讀取格式：{format}，1 列標題")                                                                                                                    \
  X(WORD_READ_AS_ROWS, "{file} read as: {format}, {n} header rows",                                                                                             \
    "{file} 的读取格式：{format}，{n} 行表头", "{file} 的讀取格式：{format}，{n} 列標題")                                                                       \
  X(WORD_HEADER_ROWS, "{n} header rows in {file}", "{file} 的表头：{n} 行", "{file} 的標題列：{n} 列")                                                          \
  X(WORD_SKIPPED_LINES, "Lines before the header of {file}, left out: {n}",                                                                                     \
    "{file} 表头之前未读取的行：{n}", "{file} 標題列之前未讀取的行：{n}")                                                                                       \
  X(WORD_SEP_LINE, "The first line of {file} is `sep=`: it names the delimiter",                                                                                \
    "{file} 的第一行是 sep=，指明了分隔符", "{file} 的第一行是 sep=，指明了分隔符號")                                                                           \
  X(WORD_DELIMITER_TIED,                                                                                                                                        \
    "Two delimiters separate the first records of {file} equally well; `data: delimiter` states one",                                                           \
    "{file} 的前几条记录用两种分隔符都能分开；可用 data 中的 delimiter 指定",                                                                                   \
    "{file} 的前幾筆紀錄用兩種分隔符號都能分開；可用 data 中的 delimiter 指定")                                                                                 \
  X(WORD_UTF16, "{file} was recognised as UTF-16, which it does not say itself",                                                                                \
    "{file} 未注明编码，已识别为 UTF-16", "{file} 未註明編碼，已識別為 UTF-16")                                                                                 \
  X(WORD_UTF8_ALREADY,                                                                                                                                          \
    "{file} is valid UTF-8; the encoding that the specification, or the file itself, states makes other "                                                       \
    "letters of it; `encoding: utf-8` reads its own",                                                                                                           \
    "{file} 本身是有效的 UTF-8；按评价方案或文件自身所写的编码读取会产生乱码；写 `encoding: utf-8` "                             \
    "即可按原文读取",                                                                                                                                           \
    "{file} 本身是有效的 UTF-8；按評價方案或檔案自身所寫的編碼讀取會產生亂碼；寫 `encoding: utf-8` "                             \
    "即可按原文讀取")                                                                                                                                           \
  X(WORD_ABSENT, "Not in {file}, and so not asked there: {items}",                                                                                              \
    "{file} 中没有、视为未询问的变量：{items}", "{file} 中沒有、視為未詢問的變數：{items}")                                                                     \
  X(WORD_ABSENT_OPTIONS,                                                                                                                                        \
    "Columns of options that are not in {file}, not chosen there (not asked, where all are missing): "                                                          \
    "{items}",                                                                                                                                                  \
    "{file} 中没有的选项列，视为未选（全部缺失时视为未询问）：{items}",                                                                                         \
    "{file} 中沒有的選項欄，視為未選（全部缺少時視為未詢問）：{items}")                                                                                         \
  X(WORD_DICTIONARY_RANGE, "Ranges from the data file: {items}", "取值范围来自数据文件：{items}",                                                               \
    "取值範圍來自資料檔：{items}")                                                                                                                              \
  X(WORD_DICTIONARY_VALUES, "Labels of values from the data file: {items}", "取值标签来自数据文件：{items}",                                                    \
    "數值標籤來自資料檔：{items}")                                                                                                                              \
  X(WORD_DICTIONARY_MISSING, "Missing codes from the data file: {items}", "缺失代码来自数据文件：{items}",                                                      \
    "遺漏值代碼來自資料檔：{items}")                                                                                                                            \
  X(WORD_DICTIONARY_FORMAT, "Date formats from the data file: {items}", "日期格式来自数据文件：{items}",                                                        \
    "日期格式來自資料檔：{items}")                                                                                                                              \
  X(WORD_DICTIONARY_COLUMNS, "Options from multiple-response sets of the data file: {items}",                                                                   \
    "选项来自数据文件的多重响应集：{items}", "選項來自資料檔的複選題集：{items}")                                                                               \
  X(WORD_DICTIONARY_TEXTS, "Codes of chosen options from the data file: {items}",                                                                               \
    "选中代码来自数据文件：{items}", "選取代碼來自資料檔：{items}")                                                                                             \
  X(WORD_DICTIONARY_OTHER,                                                                                                                                      \
    "{item}: {file} has other labels or missing codes than the first file, whose are used",                                                                     \
    "{item}：{file} 的标签或缺失代码与第一个文件不同，采用第一个文件的",                                                                                        \
    "{item}：{file} 的標籤或遺漏值代碼與第一個檔案不同，採用第一個檔案的")                                                                                      \
  X(WORD_WEIGHT_OFFERED,                                                                                                                                        \
    "The data file is meant to be weighted by “{item}”, which is not done; `weight: {item}`, declared with "                                                \
    "type weight, does it",                                                                                                                                     \
    "数据文件指定以“{item}”加权，此处未加权；声明其为 weight 类型并写 weight: {item} 即可加权",                                                                 \
    "資料檔指定以「{item}」加權，此處未加權；宣告其為 weight 類型並寫 weight: {item} 即可加權")                                                                 \
  X(WORD_SHEET, "{file} read from its sheet “{sheet}”", "{file} 读取的工作表：“{sheet}”",                                                                       \
    "{file} 讀取的工作表：「{sheet}」")                                                                                                                         \
  X(WORD_OTHER_SHEETS, "{file} has other sheets, which are not read; `data: sheet` states one",                                                                 \
    "{file} 还有其他工作表，未读取；可用 data 中的 sheet 指定",                                                                                                 \
    "{file} 還有其他工作表，未讀取；可用 data 中的 sheet 指定")                                                                                                 \
  X(WORD_MERGED_CELLS,                                                                                                                                          \
    "Cells of {file} are merged below its header: only the first of each has the answer that they show",                                                        \
    "{file} 的表头以下有合并单元格：每处只有第一个单元格含有所显示的答案",                                                                                      \
    "{file} 的標題列以下有合併儲存格：每處只有第一個儲存格含有所顯示的答案")                                                                                    \
  X(WORD_FORMULAS, "{file} has formulas without a stored result, which count as missing; open and save it",                                                     \
    "{file} 中有公式没有保存计算结果，按缺失处理；可打开后重新保存",                                                                                            \
    "{file} 中有公式沒有儲存計算結果，按遺漏處理；可開啟後重新儲存")                                                                                            \
  X(WORD_LINE_PLACE, "line {line} ({problem})", "第 {line} 行（{problem}）", "第 {line} 行（{problem}）")                                                       \
  X(WORD_INVALID_PLACES, "Invalid answers to {item}: {places}", "{item} 的无效答案：{places}",                                                                  \
    "{item} 的無效答案：{places}")                                                                                                                              \
  X(WORD_CELL_PLACE, "{file}:{line} “{value}”", "{file}:{line}“{value}”", "{file}:{line}「{value}」")                                                           \
  X(WORD_INVALID_TEXTS, "{n} of {given} {given?answer:answers} to {item} {n?is:are} invalid: {texts}",                                                          \
    "{item} 的 {given} 个答案中有 {n} 个无效：{texts}", "{item} 的 {given} 個答案中有 {n} 個無效：{texts}")                                                     \
  X(WORD_ROUNDED_NUMBERS,                                                                                                                                       \
    "{n} of {answered} {answered?number:numbers} of {item} {n?has:have} more decimals than are kept; {n?it "                                                    \
    "is:they are} rounded",                                                                                                                                     \
    "{item} 的 {answered} 个数值中有 {n} 个的小数位数多于保留位数，已舍入",                                                                                     \
    "{item} 的 {answered} 個數值中有 {n} 個的小數位數多於保留位數，已捨入")                                                                                     \
  X(WORD_ROUNDED_NUMBERS_AT,                                                                                                                                    \
    "{n} of {answered} {answered?number:numbers} of {item} {n?has:have} more decimals than are kept; {n?it "                                                    \
    "is:they are} rounded ({places})",                                                                                                                          \
    "{item} 的 {answered} 个数值中有 {n} 个的小数位数多于保留位数，已舍入（{places}）",                                                                         \
    "{item} 的 {answered} 個數值中有 {n} 個的小數位數多於保留位數，已捨入（{places}）")                                                                         \
  X(WORD_ROW_PLACE, "{file}:{line}", "{file}:{line}", "{file}:{line}")                                                                                          \
  X(WORD_INVALID_RESULTS,                                                                                                                                       \
    "{n} of {rows} results of {item} {n?is:are} invalid and not used, being too large or made of an "                                                           \
    "invalid "                                                                                                                                                  \
    "answer "                                                                                                                                                   \
    "({places})",                                                                                                                                               \
    "{item} 的 {rows} 个计算结果中有 {n} 个无效、未使用（过大，或由无效回答得出）（{places}）",                                                                 \
    "{item} 的 {rows} 個計算結果中有 {n} 個無效、未使用（過大，或由無效回答得出）（{places}）")                                                                 \
  X(WORD_VANISHED_RESULTS,                                                                                                                                      \
    "{n} of {answered} results of {item} {n?is:are} not 0 and {n?becomes:become} 0 with {decimals} "                                                            \
    "decimals ({places})",                                                                                                                                      \
    "{item} 的 {answered} 个计算结果中有 {n} 个不为 0，保留 {decimals} 位小数后成为 0（{places}）",                                                             \
    "{item} 的 {answered} 個計算結果中有 {n} 個不為 0，保留 {decimals} 位小數後成為 0（{places}）")                                                             \
  X(WORD_DECIMALS_DISPLACED,                                                                                                                                    \
    "Numbers of {item} keep {kept} decimals, not the {declared} that are declared: {largest}, the largest, "                                                    \
    "leaves no room for more",                                                                                                                                  \
    "{item} 的数值保留 {kept} 位小数，而非声明的 {declared} 位：其最大值 {largest} 未留出更多位数",                                                             \
    "{item} 的數值保留 {kept} 位小數，而非宣告的 {declared} 位：其最大值 {largest} 未留出更多位數")                                                             \
  X(WORD_TIDIED,                                                                                                                                                \
    "{n} {n?cell:cells} of {item} {n?is read as it looks:are read as they look}: without characters that "                                                      \
    "show nothing, full-width ones as "                                                                                                                         \
    "ordinary ones, letters and their accents as one character, other minus and per cent signs as those of "                                                    \
    "numbers ({places})",                                                                                                                                       \
    "{item} 有 {n} "                                                                                                                                           \
    "个单元格按外观读取：忽略不可见字符，全角字符视为半角，字母与其附加符号合为一个字符，其他减号与百分号视" \
    "为数字的符号（{places}）",                                                                                                                                 \
    "{item} 有 {n} "                                                                                                                                           \
    "個儲存格按外觀讀取：忽略不可見字元，全形字元視為半形，字母與其附加符號合為一個字元，其他減號與百分號視" \
    "為數字的符號（{places}）")                                                                                                                                 \
  X(WORD_PERCENTS,                                                                                                                                              \
    "{n} {n?number:numbers} of {item} {n?has:have} a per cent sign and {others} {others?has:have} none: "                                                       \
    "50% is read as 50 ({places})",                                                                                                                             \
    "{item} 有 {n} 个数带百分号，{others} 个不带：50% 读作 50（{places}）",                                                                                     \
    "{item} 有 {n} 個數帶百分號，{others} 個不帶：50% 讀作 50（{places}）")                                                                                     \
  X(WORD_TEXT_COUNT, "“{value}” {n}", "“{value}” {n} 个", "「{value}」{n} 個")                                                                                  \
  X(WORD_OTHER_TEXTS, "{texts} other {texts?text:texts} {n}", "其他 {texts} 种文本共 {n} 个",                                                                   \
    "其他 {texts} 種文字共 {n} 個")                                                                                                                             \
  X(WORD_MANY_OTHER_TEXTS, "over {texts} other texts {n}", "其他文本（超过 {texts} 种）共 {n} 个",                                                              \
    "其他文字（超過 {texts} 種）共 {n} 個")                                                                                                                     \
  X(WORD_COLUMN_PLACE, "{file}:{line} {column} “{value}”", "{file}:{line} {column}“{value}”",                                                                   \
    "{file}:{line} {column}「{value}」")                                                                                                                        \
  X(WORD_SHA256, "SHA-256", "SHA-256", "SHA-256")                                                                                                               \
  X(WORD_SPECIFICATION, "specification", "评价方案", "評價方案")                                                                                                \
  X(WORD_MISSING_BLANK, "Blank", "空白", "空白")                                                                                                                \
  X(WORD_MISSING_NOT_ASKED, "Not asked", "未询问", "未詢問")                                                                                                    \
  X(WORD_MISSING_NOT_APPLICABLE, "Not applicable", "不适用", "不適用")                                                                                          \
  X(WORD_MISSING_REFUSED, "Refused", "拒答", "拒答")                                                                                                            \
  X(WORD_MISSING_DONT_KNOW, "Don't know", "不清楚/不知道", "不清楚/不知道")                                                                                     \
  X(WORD_MISSING_OTHER, "Other", "其他", "其他")                                                                                                                \
  X(WORD_MISSING_INVALID, "Invalid", "无效", "無效")                                                                                                            \
  X(WORD_MISSING_TOO_FEW, "Too few", "有效项不足", "有效項不足")                                                                                                \
  X(WORD_CHART_CUTS, "Dashed: {right} {a}, {up} {b}", "虚线：{right} {a}，{up} {b}",                                                                            \
    "虛線：{right} {a}，{up} {b}")                                                                                                                              \
  X(WORD_CHART_RANK_CERTAIN, "Rank certain", "排名确定", "排名確定")                                                                                            \
  X(WORD_CHART_RANK_UNCERTAIN, "Rank uncertain: best–worst", "排名不确定：最高–最低",                                                                           \
    "排名不確定：最高–最低")                                                                                                                                    \
  X(WORD_CHART_UNNAMED, "Without room for a name: {names}", "未标注名称：{names}", "未標註名稱：{names}")                                                       \
  X(WORD_PAGE_FIGURE, "Figure {n}", "图 {n}", "圖 {n}")                                                                                                         \
  X(WORD_PAGE_TABLE, "Table {n}", "表 {n}", "表 {n}")                                                                                                           \
  X(WORD_PAGE_DATA, "Data table", "数据表", "資料表")                                                                                                           \
  X(WORD_PAGE_DATA_OF, "Data: {number}, {subject}", "数据：{number}，{subject}",                                                                                \
    "資料：{number}，{subject}")                                                                                                                                \
  X(WORD_PAGE_FIGURES, "Table", "表格", "表格")                                                                                                                 \
  X(WORD_PAGE_METHOD, "Method", "方法", "方法")                                                                                                                 \
  X(WORD_PAGE_CHAPTERS, "Chapters", "章节", "章節")                                                                                                             \
  X(WORD_PAGE_SKIP, "Skip to the first chapter", "跳到第一章", "跳到第一章")                                                                                    \
  X(WORD_PAGE_ANALYSES, "Analyses", "分析项", "分析項")                                                                                                         \
  X(WORD_PAGE_SPECIFICATION, "Specification", "评价方案", "評價方案")                                                                                           \
  X(WORD_PAGE_MADE_BY,                                                                                                                                          \
    "Made by Canvass. The figures are those of the report’s JSON document, rounded for reading.",                                                               \
    "由 Canvass 生成。数字取自报告的 JSON 文档，为便于阅读已舍入。",                                                                                            \
    "由 Canvass 產生。數字取自報告的 JSON 文件，為便於閱讀已捨入。")                                                                                            \
  X(WORD_PAGE_DARK, "Dark", "深色", "深色")                                                                                                                     \
  X(WORD_PAGE_LIGHT, "Light", "浅色", "淺色")                                                                                                                   \
  X(WORD_PAGE_COPY, "Copy table", "复制表格", "複製表格")                                                                                                       \
  X(WORD_PAGE_COPIED, "Copied", "已复制", "已複製")                                                                                                             \
  X(WORD_PAGE_FIND, "Search", "搜索", "搜尋")                                                                                                                   \
  X(WORD_PAGE_NONE, "Nothing found", "未找到", "找不到")                                                                                                        \
  X(WORD_PAGE_STRIP, "All items on one axis, which need not begin at 0", "全部题项；坐标轴未必从 0 开始",                                                       \
    "全部題項；座標軸未必從 0 開始")                                                                                                                            \
  X(WORD_PAGE_PARTS, "Parts", "各部分", "各部分")                                                                                                               \
  X(WORD_PAGE_BEST, "Best", "最佳", "最佳")                                                                                                                     \
  X(WORD_PAGE_WEAKEST, "Weakest", "最弱", "最弱")                                                                                                               \
  X(WORD_PAGE_DRIVERS, "Strongest drivers", "最强驱动因素", "最強驅動因素")                                                                                     \
  X(WORD_PAGE_PRIORITIES, "Priorities", "优先事项", "優先事項")                                                                                                 \
  X(WORD_PAGE_BEHIND, "Groups that fall behind", "落后的群体", "落後的群體")                                                                                    \
  X(WORD_PAGE_CARE, "Read with care", "注意事项", "注意事項")                                                                                                   \
  X(WORD_SEMICOLON, "; ", "；", "；")                                                                                                                           \
  X(WORD_PAGE_WHOLE_LINE, "dashed: the whole", "虚线为总体", "虛線為總體")                                                                                      \
  X(WORD_PAGE_GAP, "Gap", "差距", "差距")                                                                                                                       \
  X(WORD_PAGE_BY, "by {by}", "按{by}", "按{by}")                                                                                                                \
  X(WORD_PAGE_FILES, "Files", "文件", "檔案")                                                                                                                   \
  X(WORD_PAGE_ANSWERS, "Answers to each variable", "各变量的回答", "各變數的回答")                                                                              \
  X(WORD_PAGE_TROUBLES, "What to know about the data", "数据注意事项", "資料注意事項")                                                                          \
  X(WORD_PAGE_CODEBOOK, "Codebook", "变量说明", "變數說明")                                                                                                     \
  X(WORD_PAGE_BASES, "Bases and settings", "样本量与设置", "樣本量與設定")                                                                                      \
  X(WORD_PAGE_LEFT_OUT, "Analyses left out of this report", "本报告未收入的分析", "本報告未收入的分析")

typedef enum word {
#define X(id, en, hans, hant) id,
  WORD_TABLE(X)
#undef X
      WORD_COUNT
} word;

const char *word_text(word w, report_language language);
/* The word for a name in the document: a weight kind ("sampling").  NAME itself when it is not known. */
const char *word_for_name(const char *name, report_language language);

#endif
