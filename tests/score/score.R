# What R makes of each row: writes score.csv, beside which score_test.py holds what `canvass score` writes.
#
#   Rscript tests/score/score.R        from the root of the repository
#
# The data are examples/customersat/customersat.csv with columns that score_test.py adds by the same rules.
d <- read.csv("examples/customersat/customersat.csv")
row <- seq_len(nrow(d))
d$w <- 1 + (row %% 3) / 2
d$site <- factor(c("east", "north", "south")[1 + (row * 7) %% 3])
d$q3[row %% 97 == 0] <- NA
event <- d$q1 <= 4

linear <- lm(q1 ~ q2 + q3 + q4 + site, d)
weighted <- lm(q1 ~ q2 + q3, d, weights = w)
origin <- lm(q1 ~ 0 + q2 + q4, d)
logistic <- glm(event ~ q2 + q3 + q4 + site, binomial, d, control = glm.control(epsilon = 1e-15, maxit = 50))

# Lloyd's algorithm from given centres; distances to the centres that it ends with.
segments <- function(x, start) {
  k <- kmeans(x, start, iter.max = 1000, algorithm = "Lloyd")
  all <- sapply(seq_len(nrow(start)), function(j) sqrt(colSums((t(x) - k$centers[j, ])^2)))
  list(segment = k$cluster, distance = all[cbind(seq_len(nrow(x)), k$cluster)])
}
start <- rbind(c(2, 2, 2), c(6, 5, 5), c(9, 9, 9))
x <- as.matrix(d[, c("q2", "q4", "q5")])
plain <- segments(x, start)
scaled <- segments(scale(x), scale(start, colMeans(x), apply(x, 2, sd)))

# Two factors, unrotated, the one that explains more first, their loadings adding up to more than 0.
items <- as.matrix(d[, c("q2", "q4", "q5", "q6", "q7", "q8", "q9", "q10")])
f <- factanal(items, 2, rotation = "none", control = list(opt = list(factr = 1, pgtol = 0, maxit = 10000)))
L <- unclass(f$loadings)
L <- L %*% diag(ifelse(colSums(L) < 0, -1, 1))
L <- L[, order(-colSums(L^2))]
factors <- scale(items) %*% solve(cor(items), L)

shown <- row %% 19 == 1 | row %% 97 == 0
out <- data.frame(
  row = row,
  linear.predicted = predict(linear, d), linear.residual = d$q1 - predict(linear, d),
  weighted.predicted = predict(weighted, d), origin.residual = residuals(origin),
  logistic.probability = predict(logistic, d, type = "response"),
  logistic.predicted = as.integer(predict(logistic, d, type = "response") >= 0.5),
  plain.segment = plain$segment, plain.distance = plain$distance,
  scaled.segment = scaled$segment, scaled.distance = scaled$distance,
  factors.factor1 = factors[, 1], factors.factor2 = factors[, 2])[shown, ]
out[] <- lapply(out, function(v) ifelse(is.na(v), "", formatC(v, digits = 15, format = "g", width = 1)))
write.csv(out, "tests/score/score.csv", row.names = FALSE, quote = FALSE)
