/* What platforms write, and headers of several rows: which records are respondents, what columns are called,
 * and what is told of it.  The tables are made up; their form is that of public exports (docs/recipes.md). */
#include "reading/platform.h"
#include "tests/reading/csv_reading.h"
#include "tests/seeded.h"

#define MARK      "\xef\xbb\xbf"
#define IMPORT(x) "\"{\"\"ImportId\"\":\"\"" x "\"\"}\""

typedef struct platform_case {
  const char *what, *text;
  const char *format; /* as it is told; "": none */
  uint32_t header_rows;
  const char *names; /* of the columns, "|" after each but where a name has it: then "||" */
  const char *rows;  /* their first cells */
  const char *label; /* of the last column; NULL: none */
} platform_case;

static const platform_case platform_cases[] = {
    {"Qualtrics, three rows",
     "ResponseId,Q1,Q2_1\nResponse ID,\"How <b>satisfied</b>\n are you?\",\"Which? - "
     "Web&nbsp;shop\"\n" IMPORT("_recordId") "," IMPORT("QID1") "," IMPORT("QID2") "\nR_1,5,1\nR_2,4,\n",
     "Qualtrics", 3, "ResponseId|Q1|Q2_1|", "R_1 R_2", "Which? - Web shop"},
    {"Qualtrics by tabs, with CRLF and a mark",
     MARK
     "ResponseId\tQ1\r\nResponse ID\tHow?\r\n\"{\"\"ImportId\"\":\"\"_recordId\"\"}\"\t\"{\"\"ImportId\"\":"
     "\"\"QID1\"\"}\"\r\nR_1\t5\r\n",
     "Qualtrics", 3, "ResponseId|Q1|", "R_1", "How?"},
    {"Qualtrics without the row of ids", "StartDate,ResponseId,Q1\nStart Date,Response ID,How?\nx,R_1,3\n",
     "Qualtrics", 2, "StartDate|ResponseId|Q1|", "x", "How?"},
    {"Qualtrics as it was",
     "V1,V2,V10,Q1\nResponseID,ResponseSet,Finished,How?\nR_1,Default Response Set,1,3\n", "Qualtrics", 2,
     "V1|V2|V10|Q1|", "R_1", "How?"},
    {"Qualtrics files that were joined",
     "ResponseId,Q1\nResponse ID,How?\n" IMPORT("a") "," IMPORT(
         "b") "\nR_1,5\n" MARK "ResponseId,Q1\nResponse ID,How?\n" IMPORT("a") "," IMPORT("b") "\nR_2,4\n",
     "Qualtrics", 3, "ResponseId|Q1|", "R_1 R_2", "How?"},
    {"SurveyMonkey",
     "Respondent ID,Which?,,,How is:,,Recommend?,Any?\n,Web,App,Other (please specify),Price,Speed,Response,"
     "Open-Ended Response\n101,Web,,,5,4,9,fine\n102,,App,kiosk,,,0,\n",
     "SurveyMonkey", 2,
     "Respondent ID|Which? || Web|Which? || App|Which? || Other (please specify)|How is: || Price|How is: || "
     "Speed|Recommend? || Response|Any? || Open-Ended Response|",
     "101 102", NULL},
    {"SurveyMonkey with single questions, as it was", "RespondentID,CollectorID,Any?\n,,Response\n101,7,x\n",
     "SurveyMonkey", 2, "RespondentID|CollectorID|Any? || Response|", "101", NULL},
    {"SurveyMonkey by semicolons, quoted, with line breaks in questions",
     "\"Respondent ID\";\"Which\nof these?\";\n;\"Web\";\"App\"\n\"1\";\"Web\";\n", "SurveyMonkey", 2,
     "Respondent ID|Which of these? || Web|Which of these? || App|", "1", NULL},
    {"LimeSurvey by codes", "id;submitdate;lastpage;q[SQ001];q[other]\n1;2025-01-01;2;Y;\n", "LimeSurvey", 1,
     "id|submitdate|lastpage|q[SQ001]|q[other]|", "1", NULL},
    {"LimeSurvey by texts", "\"Response ID\";\"Date submitted\";\"Last page\";\"How, and why?\"\n7;x;1;4\n",
     "LimeSurvey", 1, "Response ID|Date submitted|Last page|How, and why?|", "7", NULL},
    {"LimeSurvey by codes and texts", "\"id. Response ID\";\"submitdate. Date\";\"lastpage. Last\"\n7;x;1\n",
     "LimeSurvey", 1, "id. Response ID|submitdate. Date|lastpage. Last|", "7", NULL},
    {"Microsoft Forms",
     "ID,Start time,Completion time,Email,Name,Which?\n1,3/1/25 9:10:11,x,anonymous,,a;b;\n",
     "Microsoft Forms", 1, "ID|Start time|Completion time|Email|Name|Which?|", "1", NULL},
    {"Google Forms", "Timestamp,\"How\nis it? [Price]\"\n2025/03/01 9:10:11 AM GMT+1,\"a, b\"\n",
     "Google Forms", 1, "Timestamp|How is it? [Price]|", "2025/03/01 9:10:11 AM GMT+1", NULL},
    {"Google Forms with titles that differ only in blanks and tags",
     "Timestamp,Why?  Say,Why? Say,Why? Say,<b>Who</b>?,Who?,\"Any\nmore\"\n2025/03/01 9:10:11 AM "
     "GMT+1,a,b,c,d,e,f\n",
     "Google Forms", 1, "Timestamp|Why?  Say|Why? Say #1|Why? Say #2|<b>Who</b>?|Who?|Any more|",
     "2025/03/01 9:10:11 AM GMT+1", NULL},
    {"Google Forms in German", "Zeitstempel;Wie?\n01.03.2025 09:10:11;5\n", "Google Forms", 1,
     "Zeitstempel|Wie?|", "01.03.2025 09:10:11", NULL},
    {"Google Forms in Chinese", "时间戳记,满意？\n2025/3/1 上午9:10:11,5\n", "Google Forms", 1,
     "时间戳记|满意？|", "2025/3/1 上午9:10:11", NULL},
    {"a timestamp that is not Google's", "Timestamp,q\n2025-03-01T09:10:11Z,1\n", "", 1, "Timestamp|q|",
     "2025-03-01T09:10:11Z", NULL},
    {"KoBo", "start,grp/q,grp/q/web,_uuid,_submission_time\ns,web,1,u,t\n", "KoBo / ODK", 1,
     "start|grp/q|grp/q/web|_uuid|_submission_time|", "s", NULL},
    {"KoBo without times of submission", "start,grp/q,_id,_index\ns,web,1,n/a\n", "KoBo / ODK", 1,
     "start|grp/q|_id|_index|", "s", NULL},
    {"KoBo with few columns of its own", "start,grp/q,_id\n2025-03-01T09:10:11.123+01:00,web,1\n",
     "KoBo / ODK", 1, "start|grp/q|_id|", "2025-03-01T09:10:11.123+01:00", NULL},
    {"ODK", "SubmissionDate,g-q,KEY\ns,web,uuid:1\n", "KoBo / ODK", 1, "SubmissionDate|g-q|KEY|", "s", NULL},
    {"REDCap", "record_id,q___1,q___2,form_complete\n1,0,1,2\n", "REDCap", 1,
     "record_id|q___1|q___2|form_complete|", "1", NULL},
    {"REDCap by labels, which repeat", "record_id,Why?,Why?,form_complete\n1,a,b,2\n", "REDCap", 1,
     "record_id|Why? #1|Why? #2|form_complete|", "1", NULL},
    {"Typeform", "#,How <strong>satisfied</strong>?,Submit Date (UTC),Network ID\nabc,5,2025-03-01,n\n",
     "Typeform", 1, "#|How satisfied?|Submit Date (UTC)|Network ID|", "abc", NULL},
    {"问卷星",
     "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、满意吗？\n1,2025/3/1 9:10,9秒,微信,N/A,x,(空)\n",
     "问卷星", 1, "序号|提交答卷时间|所用时间|来源|来源详情|来自IP|1、满意吗？|", "1", NULL},
    {"腾讯问卷", "编号,开始答题时间,结束答题时间,答题时长,1.满意吗？\n1,x,y,9,5\n", "腾讯问卷", 1,
     "编号|开始答题时间|结束答题时间|答题时长|1.满意吗？|", "1", NULL},
    {"titles that have the numbers of others",
     "Comment,Comment,Comment #1,Q1,Q1,Q1 #2,Q1 #2\n1,2,3,4,5,6,7\n", "", 1,
     "Comment #2|Comment #3|Comment #1|Q1 #1|Q1 #3|Q1 #2 #1|Q1 #2 #2|", "1", NULL},
    /* Tables that only resemble one. */
    {"an empty first cell and an answer 'Response' below other titles",
     "id,a,b\n1,Response,x\n,Response time,y\n", "", 1, "id|a|b|", "1 ", NULL},
    {"one ImportId that is an answer", "a,b\nx,y\n" IMPORT("a") ",1\n", "", 1, "a|b|",
     "x {\"ImportId\":\"a\"}", NULL},
    {"a table of respondents, the first one without an id", "Respondent ID,a,b\n,x,y\n2,x,y\n", "", 1,
     "Respondent ID|a|b|", " 2", NULL},
    {"anonymised respondents", "Respondent ID,Collector ID,Q1\n,,5\n,,4\n,,5\n,,5\n,,3\n", "", 1,
     "Respondent ID|Collector ID|Q1|", "    ", NULL},
    {"anonymised respondents with comments", "Respondent ID,Collector ID,Q1\n,,good\n12,,good\n", "", 1,
     "Respondent ID|Collector ID|Q1|", " 12", NULL},
    {"an anonymised respondent, and delimiters behind the last cells",
     "Respondent ID,Q1,Q2,\n,4,5,\n2,4,5,\n", "", 1, "Respondent ID|Q1|Q2|column_4|", " 2", NULL},
    {"an anonymised respondent, and a column without a title", "Respondent ID,Q1,\n,4,5\n2,4,5\n", "", 1,
     "Respondent ID|Q1|column_3|", " 2", NULL},
    {"choices, and below them no respondent of SurveyMonkey", "Respondent ID,Q1,\n,Web,App\nx,Web,\n", "", 1,
     "Respondent ID|Q1|column_3|", " x", NULL},
    {"a table of its own ids and starts", "_id,start,yes/no\n1,s,n/a\n", "", 1, "_id|start|yes/no|", "1",
     NULL},
    {"titles like SurveyMonkey's", "Respondent_ID,Q1,\n,a,b\n2,c,d\n", "", 1, "Respondent_ID|Q1|column_3|",
     " 2", NULL},
    {"a title that begins and ends like SurveyMonkey's",
     "Respondent Postcode or household ID,Q1,\n,a,b\n2,c,d\n", "", 1,
     "Respondent Postcode or household ID|Q1|column_3|", " 2", NULL},
    {"a table of kinds of questions", "item,kind\nQ1,Open-Ended Response\nQ2,Closed\n", "", 1, "item|kind|",
     "Q1 Q2", NULL},
    {"a table of stimuli and responses", "Parent,Kind,score\n,Response,3\nx,Stimulus,4\n", "", 1,
     "Parent|Kind|score|", " x", NULL},
    {"a table of a single record", "Respondent ID,a\n", "", 1, "", "", NULL},
    {"a stray quote behind the header", "Respondent ID,a\n1,\"x\n2,y\n3,z\n", "", 1, "Respondent ID|a|",
     "2 3", NULL},
};

static void expect_names(const platform_case *c, const manifest *m) {
  buf names;
  buf_init(&names);
  for (uint32_t i = 0; i < m->columns_count; i++) {
    for (size_t k = 0; k < m->columns[i].name.length; k++) {
      const char byte = m->columns[i].name.bytes[k];
      buf_printf(&names, byte == '|' ? "||" : "%c", byte);
    }
    buf_put_u8(&names, '|');
  }
  if (!slice_equal((slice){(const char *)names.data, names.length}, slice_of(c->names))) {
    fail_msg("%s: the columns are %.*s", c->what, (int)names.length, (const char *)names.data);
  }
  buf_fini(&names);
  const slice label = m->columns[m->columns_count - 1].label;
  if (!slice_equal(label, slice_of(c->label))) {
    fail_msg("%s: the label is %.*s", c->what, SLICE_ARG(label));
  }
}

static void expect_rows(const platform_case *c, const dataset *d) {
  buf rows;
  buf_init(&rows);
  for (size_t i = 0; i < d->rows_count; i++) {
    buf_printf(&rows, "%s%.*s", i > 0 ? " " : "", SLICE_ARG(d->rows[i].cells[0]));
  }
  if (!slice_equal((slice){(const char *)rows.data, rows.length}, slice_of(c->rows))) {
    fail_msg("%s: the rows are %.*s", c->what, (int)rows.length, (const char *)rows.data);
  }
  buf_fini(&rows);
}

static void expect_case(const platform_case *c, const reading_options *options) {
  dataset d = read_text(options, c->text, strlen(c->text));
  if (c->names[0] == '\0') {
    assert_int_equal(d.code, STATUS_DATA);
    assert_contains(d.err.message, "has a header but no rows");
    drop_dataset(&d);
    return;
  }
  if (d.code != STATUS_OK) {
    fail_msg("%s: %s", c->what, d.err.message);
  }
  const file_reading *r = &d.facts->files[0].reading;
  if (!slice_equal(r->format, slice_of(c->format)) || r->header_rows != c->header_rows) {
    fail_msg("%s: read as %.*s, %u header rows", c->what, SLICE_ARG(r->format), r->header_rows);
  }
  expect_names(c, d.facts);
  expect_rows(c, &d);
  drop_dataset(&d);
}

static void exports_are_recognised_by_their_first_records_whatever_the_cut(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof platform_cases / sizeof platform_cases[0]; i++) {
    for (uint32_t shard_rows = 1; shard_rows <= 9; shard_rows += 4) {
      expect_case(&platform_cases[i],
                  &(reading_options){.shard_rows = shard_rows, .threads = 1 + shard_rows % 3});
    }
  }
}

static void a_platform_that_is_named_reads_the_same(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof platform_cases / sizeof platform_cases[0]; i++) {
    if (platform_cases[i].format[0] != '\0') {
      expect_case(&platform_cases[i], &(reading_options){.format = platform_cases[i].format});
      const platform *p = platform_named(slice_of(platform_cases[i].format));
      expect_case(&platform_cases[i], &(reading_options){.format = p->name});
    }
  }
}

static void every_platform_has_a_case(void **state) {
  (void)state;
  for (size_t i = 0; platform_at(i) != NULL; i++) {
    bool found = false;
    for (size_t k = 0; k < sizeof platform_cases / sizeof platform_cases[0]; k++) {
      found = found || strcmp(platform_cases[k].format, platform_at(i)->title) == 0;
    }
    if (!found) {
      fail_msg("%s has no case in this test", platform_at(i)->name);
    }
  }
}

static void platforms_are_named_as_people_name_them(void **state) {
  (void)state;
  static const struct {
    const char *name, *title; /* NULL: none */
  } cases[] = {{"qualtrics", "Qualtrics"},
               {"QUALTRICS", "Qualtrics"},
               {"google_forms", "Google Forms"},
               {"Google Forms", "Google Forms"},
               {"googleforms", "Google Forms"},
               {"ms-forms", "Microsoft Forms"},
               {"odk", "KoBo / ODK"},
               {"KoBo/ODK", "KoBo / ODK"},
               {"wjx", "问卷星"},
               {"问卷星", "问卷星"},
               {"腾讯问卷", "腾讯问卷"},
               {"Survey Monkey", "SurveyMonkey"},
               {"csv", NULL},
               {"", NULL},
               {"qualtric", NULL},
               {"qualtrics2", NULL},
               {"-", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const platform *p = platform_named(slice_of(cases[i].name));
    if ((p != NULL) != (cases[i].title != NULL) || (p != NULL && strcmp(p->title, cases[i].title) != 0)) {
      fail_msg("'%s' names %s", cases[i].name, p != NULL ? p->title : "none");
    }
  }
}

/* ---- Headers that are stated --------------------------------------------------------------------- */

typedef struct header_case {
  platform_case is;
  reading_header_rows header;
  const char *format;
} header_case;

static const header_case header_cases[] = {
    {{"lines before", "Survey of 2025\n\n\"not closed\nid,q\n1,5\n", "", 1, "id|q|", "1", NULL},
     {.skip = 3},
     NULL},
    {{"lines before, with carriage returns", "x\ry\rid,q\r1,5\r", "", 1, "id|q|", "1", NULL},
     {.skip = 2},
     NULL},
    {{"two rows", "id,Which?,\n,Web,App\n1,1,0\n", "", 2, "id|Which? || Web|Which? || App|", "1", NULL},
     {.rows = 2},
     NULL},
    {{"three rows; what stands below another title holds no longer",
      "id,A,,,B,\n,x,,y,,z\n,1,2,3,4,5\n7,a,b,c,d,e\n", "", 3,
      "id|A || x || 1|A || x || 2|A || y || 3|B || 4|B || z || 5|", "7", NULL},
     {.rows = 3},
     NULL},
    {{"columns without any title", "id,A,,\n,x,y,\n7,a,b,c\n", "", 2, "id|A || x|A || y|column_4|", "7",
      NULL},
     {.rows = 2},
     NULL},
    {{"the same in both rows", "id,A\nid,x\n7,a\n", "", 2, "id|A || x|", "7", NULL}, {.rows = 2}, NULL},
    {{"a row of labels", "id,q\nRespondent,How\n7,a\n", "", 2, "id|q|", "7", "How"},
     {.rows = 2, .labels = 2},
     NULL},
    {{"labels above titles", "Respondent,How\nid,q\n7,a\n", "", 2, "id|q|", "7", "How"},
     {.rows = 2, .labels = 1},
     NULL},
    {{"one row of titles among three", "id,q\ntext,int\n-,-\n7,a\n", "", 3, "id|q|", "7", NULL},
     {.rows = 3, .titles = 1},
     NULL},
    {{"respondents like a row of the header that names nothing", "id,q\n1,5\n7,5\n1,5\nid,q\n", "", 2,
      "id|q|", "7 1", NULL},
     {.rows = 2, .titles = 1},
     NULL},
    {{"a repeated row of labels", "id,q\nRespondent,How\n7,a\nRespondent,How\n", "", 2, "id|q|", "7", "How"},
     {.rows = 2, .labels = 2},
     NULL},
    {{"a header of one row beats what is recognised", "Respondent ID,a\n,Response\n1,x\n", "", 1,
      "Respondent ID|a|", " 1", NULL},
     {.rows = 1},
     NULL},
    {{"format: csv as well", "Respondent ID,a\n,Response\n1,x\n", "", 1, "Respondent ID|a|", " 1", NULL},
     {.rows = 0},
     "csv"},
    {{"a platform with a stated header", "ResponseId,Q1\nid,How?\nX_1,5\n", "Qualtrics", 2,
      "ResponseId || id|Q1 || How?|", "X_1", NULL},
     {.rows = 2},
     "qualtrics"},
    {{"SurveyMonkey without the columns of the respondent",
      "Which?,,Why?\nWeb,App,Open-Ended Response\nWeb,,x\n", "SurveyMonkey", 2,
      "Which? || Web|Which? || App|Why? || Open-Ended Response|", "Web", NULL},
     {.rows = 0},
     "surveymonkey"},
    {{"SurveyMonkey with ids that are its user's", "Name,Which?,\n,Web,App\nAda,Web,\n", "SurveyMonkey", 2,
      "Name|Which? || Web|Which? || App|", "Ada", NULL},
     {.rows = 0},
     "surveymonkey"},
    {{"shorter rows of titles", "A\nid,q\n7,a\n", "", 2, "A || id|A || q|", "7", NULL}, {.rows = 2}, NULL},
    {{"empty lines between the rows", "id,q\n\n\r\nx,y\n\n7,a\n", "", 2, "id || x|q || y|", "7", NULL},
     {.rows = 2},
     NULL},
    {{"repeated rows of the header", "id,q\nx,y\n7,a\nx,y\nid,q\n8,b\n", "", 2, "id || x|q || y|", "7 8",
      NULL},
     {.rows = 2},
     NULL},
    {{"blank rows and stray quotes behind two rows", "a,b\nx,y\n7,\"a\n8,b\n,\n9,c\n", "", 2,
      "a || x|b || y|", "8 9", NULL},
     {.rows = 2},
     NULL},
};

static void a_header_that_is_stated_is_read_so(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof header_cases / sizeof header_cases[0]; i++) {
    for (uint32_t shard_rows = 1; shard_rows <= 9; shard_rows += 4) {
      const reading_options options = {.header = header_cases[i].header,
                                       .format = header_cases[i].format,
                                       .shard_rows = shard_rows,
                                       .threads = 2};
      expect_case(&header_cases[i].is, &options);
    }
  }
}

typedef struct total_case {
  const char *text;
  const char *format; /* NULL: what is recognised */
  uint64_t records;   /* all of them */
  uint64_t lines[3];  /* of totals; 0 after the last */
} total_case;

#define MONKEY "Respondent ID,Start Date,Which?,\n,,Web,App\n"
#define STAR   "序号,提交答卷时间,所用时间,总分\n"
#define GOOGLE "Timestamp,q\n2025/03/01 9:10:11 AM GMT+1,5\n"

static const total_case total_cases[] = {
    {MONKEY "101,x,Web,\n102,x,,App\nTotal,,1,1\n", NULL, 3, {5}},
    {MONKEY "101,x,Web,\n,,,\nAnswered,,1,1\nSkipped,,0,0\n", NULL, 4, {5, 6}},
    {STAR "1,2025/3/1 9:10:11,109秒,88\n合计,,,88\n平均分,,,88\n", NULL, 3, {3, 4}},
    {STAR "1,2025/3/1 9:10:11,109秒,88\n,,合计,88\n小计：,,,88\n2,2025/3/1 9:10:11,109秒,合计\n",
     NULL,
     4,
     {3, 4}},
    {STAR ",,,\n1,2025/3/1 9:10:11,109秒,88\n\xef\xbb\xbf總計,,,\n", NULL, 3, {4}},
    {GOOGLE "2025/03/01 9:10:11 AM GMT+1,Total\n\"AVERAGE\",5\n", NULL, 3, {4}},
    {"ID,Start time,Completion time,Email,Name,q\n1,a,b,c,d,5\nTotal: 1,,,,,5\ntotal,,,,,5\n",
     NULL,
     3,
     {3, 4}},
    {"StartDate,ResponseId,Q1\nStart Date,Response ID,How?\n" IMPORT("a") "," IMPORT("b") "," IMPORT(
         "c") "\n2025-03-01 9:10:11,R_1,5\nMean,,5\n",
     NULL,
     2,
     {5}},
    {"start,grp/q,_uuid,_submission_time\n2025-03-01T09:10:11.123+01:00,1,u,t\nTotal,1,,\n", NULL, 2, {3}},
    {"record_id,q___1,form_complete\n1,0,2\nTotals,0,2\n", NULL, 2, {3}},
    {"编号,开始答题时间,结束答题时间,答题时长,q\n1,x,y,9,5\n汇总,,,,5\n", NULL, 2, {3}},
    {"id;submitdate;lastpage\n1;x;1\nSumme;;1\nSumma;;1\n", NULL, 3, {3}},
    /* In any table (totals_test.c). */
    {"id,q\n1,5\nTotal,5\n", NULL, 2, {3}},
    {"id,q\n1,5\nTotal,5\n", "google-forms", 2, {3}},
    {STAR "a,2025/3/1 9:10:11,109秒,88\n合计,,,88\n", NULL, 2, {3}},
    /* An answer, and a first column that is the user's: any text may be a respondent's. */
    {"Name,Which?,\n,Web,App\n1 Ada,Web,\nTotal,,\n", "surveymonkey", 2, {0}},
    {"#,q,Network ID\nab12,5,n\nTotal,5,n\n", NULL, 2, {0}},
    {MONKEY "101,x,Web,\n102,Total,,App\n", NULL, 2, {0}},
    {STAR "1,2025/3/1 9:10:11,109秒,88\n2,合计,,\n", "csv", 2, {0}},
};

static void totals_of_platforms_are_no_respondents(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof total_cases / sizeof total_cases[0]; i++) {
    const total_case *c = &total_cases[i];
    for (uint32_t shard_rows = 1; shard_rows <= 9; shard_rows += 4) {
      const reading_options options = {.format = c->format, .shard_rows = shard_rows, .threads = 2};
      dataset d = read_text(&options, c->text, strlen(c->text));
      if (d.code != STATUS_OK) {
        fail_msg("case %zu: %s", i, d.err.message);
      }
      const file_skipped *totals = &d.facts->files[0].skipped[FILE_TOTALS];
      uint64_t count = 0;
      for (; count < 3 && c->lines[count] != 0; count++) {
        if (count >= totals->count || totals->lines[count] != c->lines[count]) {
          fail_msg("case %zu: total %llu is not in line %llu", i, (unsigned long long)count,
                   (unsigned long long)c->lines[count]);
        }
      }
      if (totals->count != count || d.facts->files[0].records != c->records) {
        fail_msg("case %zu: %llu totals of %llu records", i, (unsigned long long)totals->count,
                 (unsigned long long)d.facts->files[0].records);
      }
      drop_dataset(&d);
    }
  }
}

static void lines_are_counted_from_the_start_of_the_file(void **state) {
  (void)state;
  static const char text[] = "about\nthis\nid,q\nx,\"y\nz\"\n1,2\nid,q\n,\n3,4\n";
  const reading_options options = {.header = {.skip = 2, .rows = 2}};
  dataset d = read_text(&options, text, strlen(text));
  assert_int_equal(d.code, STATUS_OK);
  const file_facts *f = &d.facts->files[0];
  assert_int_equal(d.rows[0].line, 6);
  assert_int_equal(d.rows[0].ordinal, 0);
  assert_int_equal(d.rows[1].line, 9);
  assert_int_equal(f->skipped[FILE_REPEATED_HEADERS].lines[0], 7);
  assert_int_equal(f->skipped[FILE_BLANK_ROWS].lines[0], 8);
  assert_int_equal(f->records, 4);
  assert_int_equal(f->reading.skipped, 2);
  assert_true(slice_is(d.facts->columns[1].name, "q | y z"));
  drop_dataset(&d);
}

typedef struct refusal {
  const char *text;
  reading_header_rows header;
  const char *format;
  const char *part; /* of the message */
} refusal;

static const refusal refusals[] = {
    {"a\nb\n", {.skip = 3}, NULL, "has 2 lines, and `data: {skip: 3}` leaves out more"},
    {"a,b\n1,2\n", {.skip = 2}, NULL, "is empty"},
    {"a,b\n1,2\n", {.rows = 3}, NULL, ":2: the header is to have 3 rows, and after row 2 no record ends"},
    {"a,b\n1,\"2\n3,4\n", {.rows = 2}, NULL, "the header is to have 2 rows"},
    {"a,b\n1,\"2\"x\n3,4\n", {.rows = 2}, NULL, ":2: the header has text after the closing quote of cell 2"},
    {"a,b\n1,\xff\n3,4\n", {.rows = 2}, NULL, ":2: byte 3"},
    {"a,b\n1,2\n", {.rows = 1, .labels = 2}, NULL, "its header has 1 row, and"},
    {"a,b\n1,2\n", {.rows = 2, .titles = 4}, NULL, "its header has 2 rows, and"},
    {"a,b\n1,2\n", {.rows = 1, .labels = 1}, NULL, "its header has 1 row, and"},
    {"id,q\n1,2\n", {.rows = 0}, "qualtrics", "are not those of an export of Qualtrics; state"},
    {"id,q\n1,2\n", {.rows = 0}, "surveymonkey", "are not those of an export of SurveyMonkey; state"},
};

static void headers_that_cannot_be_are_refused_with_advice(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    const refusal *c = &refusals[i];
    const reading_options options = {.header = c->header, .format = c->format};
    dataset d = read_text(&options, c->text, strlen(c->text));
    assert_int_equal(d.code, STATUS_DATA);
    assert_contains(d.err.message, c->part);
    drop_dataset(&d);
  }
}

static void a_header_of_more_rows_than_there_can_be_is_refused(void **state) {
  (void)state;
  static const reading_header_rows headers[] = {
      {.rows = 9}, {.rows = 2, .labels = 40}, {.rows = 2, .titles = 1 << 8}};
  for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
    dataset d = read_text(&(reading_options){.header = headers[i]}, "a,b\nc,d\n1,2\n", 12);
    assert_int_equal(d.code, STATUS_LIMIT);
    drop_dataset(&d);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exports_are_recognised_by_their_first_records_whatever_the_cut),
      cmocka_unit_test(a_platform_that_is_named_reads_the_same),
      cmocka_unit_test(every_platform_has_a_case),
      cmocka_unit_test(platforms_are_named_as_people_name_them),
      cmocka_unit_test(a_header_that_is_stated_is_read_so),
      cmocka_unit_test(totals_of_platforms_are_no_respondents),
      cmocka_unit_test(lines_are_counted_from_the_start_of_the_file),
      cmocka_unit_test(headers_that_cannot_be_are_refused_with_advice),
      cmocka_unit_test(a_header_of_more_rows_than_there_can_be_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
