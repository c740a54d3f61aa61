#!/usr/bin/env python3
"""Writes a survey as people keep it in a spreadsheet: 100 respondents whose figures are known beforehand.

    make_survey_workbook.py KIND OUT.xlsx

KIND: title (a title line above the header, a row of totals and a note at the end), merged (questions above their options, in
merged cells), marks (a column of 1 and 0 for each option, as a platform exports it), sheets (the same behind a sheet with a few words).  Satisfied are 70 of 100, and the
net promoter score is 45 - 20 = 25.  Status 77: xlsxwriter is not installed here.
"""

import sys

MISSING = 77
SATISFIED = ["非常满意"] * 30 + ["满意"] * 40 + ["一般"] * 15 + ["不满意"] * 10 + ["非常不满意"] * 5
POINTS = [5] * 30 + [4] * 40 + [3] * 15 + [2] * 10 + [1] * 5
RECOMMEND = [10] * 20 + [9] * 25 + [8] * 20 + [7] * 15 + [6] * 10 + [3] * 5 + [0] * 5
CHANNELS = ["官网┋App", "App", "门店┋其他〖小程序〗", "官网"]
ORDERS = ["价格→质量→服务", "质量→价格→服务", "服务→质量→价格", "质量→服务→价格"]
WRITTEN = ["无", "送货太慢了，等了三天", "", "价格偏高"]


def time_of(i):
    return f"2025/3/{1 + i % 28} {9 + i % 9}:{10 + i % 50}:0{i % 10}"


def title(sheet):
    sheet.merge_range(0, 0, 0, 8, "2025年第一季度客户满意度调查")
    header = ["序号", "提交时间", "所用时间", "总体满意度", "推荐意愿（0-10分）", "使用渠道", "重要性排序", "月消费", "您的建议"]
    for k, text in enumerate(header):
        sheet.write_string(2, k, text)
    for i in range(100):
        row = [i + 1, time_of(i), f"{40 + i}秒", SATISFIED[i], RECOMMEND[i], CHANNELS[i % 4], ORDERS[i % 4], 100 + i / 2, WRITTEN[i % 4]]
        sheet.write_row(3 + i, 0, row)
    sheet.write_row(103, 0, ["合计", "", "", "", sum(RECOMMEND), "", "", sum(100 + i / 2 for i in range(100)), ""])
    sheet.write_string(104, 0, "注：满分10分")


def merged(sheet):
    sheet.merge_range(0, 0, 1, 0, "编号")
    sheet.merge_range(0, 1, 0, 2, "您对以下方面的满意度")
    sheet.merge_range(0, 3, 0, 4, "使用过的产品（多选）")
    sheet.merge_range(0, 5, 1, 5, "您愿意推荐我们吗")
    sheet.write_row(1, 1, ["价格", "服务", "手机", "电脑"])
    for i in range(100):
        sheet.write_row(2 + i, 0, [f"K{i:04d}", POINTS[i], POINTS[i], i % 2, i % 3 % 2, RECOMMEND[i]])


def marks(sheet):
    header = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、满意度（1=非常不满意，5=非常满意）"]
    header += ["2、渠道(官网)", "2、渠道(App)", "2、渠道(其他)", "3、您向朋友推荐的可能性"]
    sheet.write_row(0, 0, header)
    for i in range(100):
        row = [i + 1, time_of(i), f"{40 + i}秒", "微信", "N/A", f"10.0.0.{i}(上海-上海)", POINTS[i], i % 2, i % 3 % 2, 0, RECOMMEND[i]]
        sheet.write_row(1 + i, 0, row)


def main():
    kind, out = sys.argv[1:]
    try:
        import xlsxwriter
    except ImportError:
        return MISSING
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    if kind == "sheets":
        cover = book.add_worksheet("说明")
        cover.write_string(0, 0, "本文件为2025年调查数据")
        cover.write_string(1, 0, "请勿外传")
    {"title": title, "merged": merged, "marks": marks, "sheets": marks}[kind](book.add_worksheet())
    book.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
