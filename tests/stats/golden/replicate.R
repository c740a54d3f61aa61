# Errors and intervals of replicates: what tests/stats/replicate_test.c expects, by the formulas of its sources.
# R 4.2.2.
e <- c(0.61, 0.58, 0.64, 0.60, 0.59, 0.66, 0.57, 0.62, 0.63, 0.605)  # a figure without each of ten groups
all <- 0.6125
m <- length(e)
se <- sqrt((m - 1) / m * sum((e - mean(e))^2))
t <- qt(0.975, m - 1)
out <- function(name, x) cat(name, format(x, digits = 17), "\n")
out("se", se)
out("identity", all + c(-1, 1) * t * se)
out("fisher", tanh(atanh(all) + c(-1, 1) * t * se / (1 - all^2)))
s <- t * se / (1 - all)
out("remainder", c(1 - exp(log(1 - all) + s), 1 - exp(log(1 - all) - s)))
r <- se / (2 * sqrt(all))
out("root", c(max(0, sqrt(all) - t * r)^2, (sqrt(all) + t * r)^2))
k <- (0:198) / 198
drawn <- 0.3 + 0.6 * k + 0.1 * k^2  # 199 resamples
a <- pnorm(-sqrt(m / (m - 1)) * t)
out("expanded percentile", quantile(drawn, c(a, 1 - a), type = 6, names = FALSE))
d <- mean(e) - e
acceleration <- sum(d^3) / (6 * sum(d^2)^1.5)
z0 <- qnorm(mean(drawn < all))
z <- z0 + qnorm(c(0.025, 0.975))
out("BCa", quantile(drawn, pnorm(z0 + z / (1 - acceleration * z)), type = 6, names = FALSE))
