# Reference values for what compare has on demand: TukeyHSD, Games and Howell's from its formulas and ptukey, p.adjust,
# t.test against a benchmark and one-sided for equivalence, the interval of eta squared by uniroot on pf(ncp = ),
# kruskal.test, and Dunn's z from its formula.
# Rscript compare.R writes compare.json, in tests/stats/golden.  R 4.2.2, survey 4.1.
suppressMessages({library(survey); library(jsonlite)})

# Lists by how near figures must come: to the last digits, and to what pf's own series allows (1e-9 of the level).
entries <- list(exact = list(), inverted = list()); null <- NULL; kind <- "exact"
add <- function(.analysis, .table, .match, ...) {
  entries[[kind]][[length(entries[[kind]]) + 1]] <<- list(analysis = .analysis, table = .table, match = .match, figures = list(...))
}
d <- read.csv("weighted_survey.csv", colClasses = c(region = "character", sex = "character"), na.strings = "")
regions <- c("east", "north", "south", "west")

compare <- function(name, item, x) {
  y <- x[[item]]; g <- factor(x$region, regions); k <- 4; n <- table(g); m <- tapply(y, g, mean); v <- tapply(y, g, var)
  fit <- aov(y ~ g); tukey <- TukeyHSD(fit)$g; msw <- sum(residuals(fit)^2) / fit$df.residual
  ps <- c(); keys <- list()
  for (i in 1:3) for (j in (i + 1):4) {
    key <- list(item = item, group = list(region = regions[i]), other_group = list(region = regions[j]))
    row <- tukey[paste(regions[j], regions[i], sep = "-"), ]
    se <- sqrt(msw * (1 / n[[i]] + 1 / n[[j]])); difference <- m[[i]] - m[[j]]
    add(name, "tukey", key, difference = difference, p = row[["p adj"]], q = abs(difference) / (se / sqrt(2)), se = se, df = fit$df.residual)
    kind <<- "inverted"; add(name, "tukey", key, ci_low = -row[["upr"]], ci_high = -row[["lwr"]]); kind <<- "exact"
    a <- v[[i]] / n[[i]]; b <- v[[j]] / n[[j]]; df <- (a + b)^2 / (a^2 / (n[[i]] - 1) + b^2 / (n[[j]] - 1)); se <- sqrt((a + b) / 2)   # of one mean, the unit of q
    add(name, "games_howell", key, p = ptukey(abs(difference) / se, k, df, lower.tail = FALSE), q = abs(difference) / se, se = se * sqrt(2), df = df,
        ci_low = difference - qtukey(.95, k, df) * se, ci_high = difference + qtukey(.95, k, df) * se)
    u <- y[g == regions[i]]; w <- y[g == regions[j]]
    less <- t.test(u, w, mu = .75, alternative = "less")$p.value; more <- t.test(u, w, mu = -.75, alternative = "greater")$p.value
    ninety <- t.test(u, w, conf.level = .9)$conf.int
    add(name, "equivalence", key, p = max(less, more), ci_low = ninety[1], ci_high = ninety[2])
    ps <- c(ps, t.test(u, w)$p.value); keys <- c(keys, list(key))
  }
  adjusted <- p.adjust(ps, "BH")
  for (i in seq_along(keys)) add(name, "pairs", keys[[i]], p_adjusted = adjusted[i])
  for (r in c(list(regions), as.list(regions))) {
    t <- t.test(y[x$region %in% r], mu = 6.2); group <- if (length(r) == 1) list(region = r)
    add(name, "against", list(item = item, group = group), mean = unname(t$estimate), benchmark = 6.2, difference = unname(t$estimate) - 6.2,
        t = unname(t$statistic), df = unname(t$parameter), p = t$p.value, se = t$stderr, ci_low = t$conf.int[1] - 6.2, ci_high = t$conf.int[2] - 6.2)
  }
  f <- summary(fit)[[1]][1, 4]; df2 <- fit$df.residual
  end <- function(level) if (pf(f, 3, df2) <= level) 0 else { l <- uniroot(function(l) pf(f, 3, df2, ncp = l) - level, c(0, 500), tol = 1e-13)$root; l / (l + df2 + 4) }
  kind <<- "inverted"; add(name, "effects", list(item = item), ci_low = end(.975), ci_high = end(.025)); kind <<- "exact"
  add(name, "effects", list(item = item), eta2 = summary(fit)[[1]][1, 2] / sum(summary(fit)[[1]][, 2]))
}
ranks <- function(name, item, x, adjust) {
  y <- x[[item]]; g <- factor(x$region, regions); h <- kruskal.test(y, g); N <- length(y)
  add(name, "kruskal", list(item = item), h = unname(h$statistic), df = unname(h$parameter), p = h$p.value, epsilon2 = unname(h$statistic) / (N - 1))
  r <- tapply(rank(y), g, mean); n <- table(g); ties <- table(y); spread <- N * (N + 1) / 12 - sum(ties^3 - ties) / (12 * (N - 1))
  zs <- c(); keys <- list()
  for (i in 1:3) for (j in (i + 1):4) {
    z <- (r[[i]] - r[[j]]) / sqrt(spread * (1 / n[[i]] + 1 / n[[j]])); zs <- c(zs, z)
    keys <- c(keys, list(list(item = item, group = list(region = regions[i]), other_group = list(region = regions[j]))))
    add(name, "dunn", keys[[length(keys)]], difference = r[[i]] - r[[j]], z = z, p = 2 * pnorm(-abs(z)))
  }
  adjusted <- p.adjust(2 * pnorm(-abs(zs)), adjust)
  for (i in seq_along(keys)) add(name, "dunn", keys[[i]], p_adjusted = adjusted[i])
}
x <- d[!is.na(d$q4) & !is.na(d$region), ]
compare("plain", "q4", x); ranks("plain", "q4", x, "BH")
x <- d[!is.na(d$spend) & !is.na(d$region), ]; compare("plain", "spend", x)
x <- d[!is.na(d$q4) & !is.na(d$region), ]; x <- x[rep(seq_len(nrow(x)), x$f), ]  # frequency weights repeat rows
compare("repeated", "q4", x); ranks("repeated", "q4", x, "BH")
S <- svydesign(ids = ~1, weights = ~w, data = d)
# svyttest takes one degree of freedom too many off for one sample: t is its, p of the design's degrees of freedom.
for (r in c(list(regions), as.list(regions))) {
  D <- subset(S, !is.na(q4) & region %in% r); t <- svyttest(I(q4 - 6.2) ~ 0, D); group <- if (length(r) == 1) list(region = r)
  add("weighted", "against", list(item = "q4", group = group), difference = unname(t$estimate), t = unname(t$statistic), df = degf(D), p = 2 * pt(-abs(unname(t$statistic)), degf(D)))
}
by <- svyby(~q4, ~region, S, svymean, na.rm = TRUE)
for (i in 1:3) for (j in (i + 1):4) {
  difference <- by$q4[i] - by$q4[j]; se <- sqrt(by$se[i]^2 + by$se[j]^2); df <- sum(!is.na(d$q4) & d$region %in% regions[c(i, j)]) - 2
  add("weighted", "equivalence", list(group = list(region = regions[i]), other_group = list(region = regions[j])),
      p = max(pt((difference + .75) / se, df, lower.tail = FALSE), pt((difference - .75) / se, df)))
}
write_json(entries, "compare.json", digits = NA, auto_unbox = TRUE, null = "null", pretty = FALSE)
