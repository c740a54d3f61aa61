# Reference values on two real surveys; Rscript surveys.R CUSTOMERSAT.csv AIRLINE.csv.gz
# writes customersat.json and airline.json, which tests/stats/analysis_surveys_test.c reads.
suppressMessages({library(psych); library(jsonlite)})
arguments <- commandArgs(TRUE)

entries <- list()
add <- function(.analysis, .table, .match, ...) {
  entries[[length(entries) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
total <- list(group = NA)
of <- function(key, value) list(group = setNames(list(value), key))
keep <- function(path) {
  write(toJSON(entries, auto_unbox = TRUE, digits = NA, na = "null"), path)
  cat(path, length(entries), "entries\n")
  entries <<- list()
}
describe <- function(item, group, x) {
  x <- as.numeric(x[!is.na(x)])
  n <- length(x); se <- sd(x) / sqrt(n); h <- qt(.975, n - 1) * se
  q <- quantile(x, c(.25, .5, .75), type = 7, names = FALSE)
  m <- c(list(item = item), group)
  add("d", "summary", m, n = n, mean = mean(x), sd = sd(x), se = se, ci_low = mean(x) - h, ci_high = mean(x) + h)
  t <- table(x)
  add("d", "quartiles", m, min = min(x), q1 = q[1], median = q[2], q3 = q[3], max = max(x), mode = as.numeric(names(t)[which.max(t)]))
  add("d", "shape", m, variance = var(x), skewness = skew(x, type = 2), kurtosis = kurtosi(x, type = 2))
}
top_boxes <- function(item, group, x, cut) {
  x <- x[!is.na(x)]; n <- length(x); p <- mean(x >= cut); w <- prop.test(sum(x >= cut), n, correct = FALSE)$conf.int
  add("s", "top_boxes", c(list(item = item), group), n = n, csat = 100 * p, se = 100 * sqrt(p * (1 - p) / n), ci_low = 100 * w[1], ci_high = 100 * w[2])
}
level <- function(analysis, item, x, group = total) {
  x <- x[!is.na(x)]; se <- sd(x) / sqrt(length(x)); h <- qt(.975, length(x) - 1) * se
  add(analysis, "index_values", c(list(item = item), group), n = length(x), index = mean(x), se = se, ci_low = mean(x) - h, ci_high = mean(x) + h)
}

# ---- customersat ------------------------------------------------------------------------------------
d <- read.csv(arguments[1])
for (q in names(d)) { describe(q, total, d[[q]]); top_boxes(q, total, d[[q]], 9) }
s <- (d - 1) / 9 * 100
parts <- list(price = rowMeans(s[, 2:4]), effectiveness = rowMeans(s[, 5:8]), reach = rowMeans(s[, 9:10]))
for (k in names(parts)) level("i", k, parts[[k]])
level("i", "overall", (parts$price * 5 + parts$effectiveness * 3 + parts$reach * 2) / 10)
keep("customersat.json")

# ---- airline ----------------------------------------------------------------------------------------
d <- read.csv(gzfile(arguments[2]), check.names = FALSE)
names(d) <- gsub(" ", "_", names(d), fixed = TRUE)
items <- names(d)[10:23]
for (q in items) d[[q]][d[[q]] == 0] <- NA           # 0: not applicable
classes <- c("Business", "Economy", "Economy Plus")
for (q in c("Online_Boarding", "Seat_Comfort", "Arrival_Delay", "Age", "Flight_Distance")) {
  describe(q, total, d[[q]])
  for (k in classes) describe(q, of("Class", k), d[[q]][d$Class == k])
}
top_boxes("Online_Boarding", total, d$Online_Boarding, 4)
t <- table(d$Class, d$Satisfaction); c2 <- chisq.test(t)
add("x", "independence", list(item = "Class", other_item = "Satisfaction", group = NA), n = sum(t), chi2 = unname(c2$statistic),
    df = unname(c2$parameter), cramers_v = sqrt(unname(c2$statistic) / sum(t)))
for (i in rownames(t)) for (j in colnames(t))
  add("x", "row_percents", list(item = "Class", value = i, other_value = j), row_percent = 100 * t[i, j] / sum(t[i, ]))
y <- as.numeric(d$Seat_Comfort); g <- factor(d$Class); m <- tapply(y, g, mean, na.rm = TRUE); n <- tapply(!is.na(y), g, sum)
a <- anova(lm(y ~ g)); w <- oneway.test(y ~ g)
add("c", "anova", list(item = "Seat_Comfort"), f = a[1, 4], df = 2, df_within = a[2, 1], eta2 = a[1, 2] / sum(a[, 2]))
add("c", "welch", list(item = "Seat_Comfort"), f = unname(w$statistic), df_within = unname(w$parameter[2]))
u <- t.test(d$Online_Boarding[d$Customer_Type == "First-time"], d$Online_Boarding[d$Customer_Type == "Returning"])
add("w", "pairs", list(item = "Online_Boarding"), t = unname(u$statistic), df = unname(u$parameter), se = u$stderr,
    ci_low = u$conf.int[1], ci_high = u$conf.int[2])
s <- (as.matrix(d[, items]) - 1) / 4 * 100
overall <- rowMeans(s, na.rm = TRUE); overall[rowSums(!is.na(s)) < 10] <- NA
level("i", "overall", overall)
for (k in classes) level("i", "overall", overall[d$Class == k], of("Class", k))
keep("airline.json")
