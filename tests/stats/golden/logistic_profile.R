# Reference values for profile likelihood intervals of logistic: the roots of the profile deviance less chi-square's
# quantile, each by glm with the coefficient held in an offset ("exact"); and confint of MASS, which interpolates the
# same ends ("interpolated").
# Of the women a region separates the outcome: no profile there.
# Rscript logistic_profile.R writes logistic_profile.json, in tests/stats/golden.  R 4.2.2, MASS 7.3-58.2.
suppressMessages({library(MASS); library(jsonlite)})

entries <- list(exact = list(), interpolated = list())
add <- function(kind, name, match, ...) {
  entries[[kind]][[length(entries[[kind]]) + 1]] <<- list(analysis = name, table = "logistic_coefficients", match = match, figures = list(...))
}
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character"), na.strings = "")
d$y <- as.integer(d$recommend >= 8)
exact <- glm.control(epsilon = 1e-15, maxit = 200)
columns <- list(q1 = c("q1", ""), age = c("age", ""), spend = c("spend", ""), regionnorth = c("region", "north"), regionsouth = c("region", "south"), regionwest = c("region", "west"))
profile_of <- function(name, key, x, level) {
  m <- glm(y ~ q1 + age + spend + region, binomial, x, control = exact); X <- model.matrix(m); near <- suppressMessages(confint(m, level = level))
  for (column in names(columns)) {
    rest <- X[, colnames(X) != column]; se <- sqrt(vcov(m)[column, column]); b <- coef(m)[[column]]
    above <- function(v) suppressWarnings(glm.fit(rest, x$y, offset = v * X[, column], family = binomial(), control = exact))$deviance - deviance(m) - qchisq(level, 1)
    end <- function(side) { k <- 1; while (above(b + side * k * se) < 0) k <- k + .25; exp(uniroot(above, sort(c(b, b + side * k * se)), tol = 1e-13)$root) }
    match <- c(list(item = columns[[column]][1], value = columns[[column]][2]), key)
    add("exact", name, match, ci_low = end(-1), ci_high = end(1), odds_ratio = exp(b))
    add("interpolated", name, match, ci_low = exp(near[column, 1]), ci_high = exp(near[column, 2]))
  }
}
x <- d[complete.cases(d[, c("y", "q1", "age", "spend", "region")]), ]
profile_of("plain", list(group = NULL), x, .95)
for (s in "m") profile_of("plain", list(group = list(sex = s)), x[x$sex %in% s, ], .95)
profile_of("repeated", list(group = NULL), x[rep(seq_len(nrow(x)), x$f), ], .9)
write_json(entries, "logistic_profile.json", digits = NA, auto_unbox = TRUE, null = "null", pretty = FALSE)
