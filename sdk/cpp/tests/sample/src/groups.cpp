#include <cmath>

#include <polder.hpp>

struct corr {
    int64_t n = 0;
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;

    void update(double a, double b) {
        merge({1, a, b, a * a, b * b, a * b});
    }

    void merge(const corr &other) {
        n += other.n;
        x += other.x, y += other.y;
        xx += other.xx, yy += other.yy, xy += other.xy;
    }

    std::optional<double> evaluate() const {
        double rows = static_cast<double>(n), spread = (rows * xx - x * x) * (rows * yy - y * y);
        if (!(spread > 0)) return std::nullopt;
        return (rows * xy - x * y) / std::sqrt(spread);
    }
};

POLDER_ROW(corr, n, x, y, xx, yy, xy)
POLDER_AGGREGATE(corr, (x, y), .doc = "Pearson's correlation.")

struct texts {
    std::vector<std::string> all;

    std::expected<void, std::string> update(std::string_view text) {
        if (text == "never") return std::unexpected("that is no text");
        all.emplace_back(text);
        return {};
    }

    void merge(texts other) {
        for (auto &text : other.all) all.push_back(std::move(text));
    }

    std::vector<std::string> evaluate() const {
        return all;
    }
};

POLDER_ROW(texts, all)
POLDER_AGGREGATE(texts, (text), .doc = "All texts of a group, as a list.")
