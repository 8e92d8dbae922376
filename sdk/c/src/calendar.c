#include "polder/value.h"

/// Days from 0000-03-01, where years of the calculation begin, to 1970-01-01; and days of 400 years, after which the
/// calendar repeats.
enum { EPOCH = 719468, CYCLE = 146097 };

bool polder_date_from(int32_t year, unsigned month, unsigned day, polder_date *date) {
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    // Years begin in March, so that the leap day is their last.
    int64_t from_march = (int64_t)year - (month < 3), month_from_march = (month + 9) % 12;
    int64_t cycle = (from_march >= 0 ? from_march : from_march - 399) / 400, year_of_cycle = from_march - cycle * 400;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    int64_t days = cycle * CYCLE + day_of_cycle - EPOCH;
    if (days != (int32_t)days) return false;
    int32_t same_year;
    unsigned same_month, same_day;
    polder_date_parts((polder_date){(int32_t)days}, &same_year, &same_month, &same_day);
    date->days = (int32_t)days;
    return same_year == year && same_month == month && same_day == day;
}

void polder_date_parts(polder_date date, int32_t *year, unsigned *month, unsigned *day) {
    int64_t days = (int64_t)date.days + EPOCH, cycle = (days >= 0 ? days : days - CYCLE + 1) / CYCLE;
    int64_t day_of_cycle = days - cycle * CYCLE;
    int64_t leap_days = day_of_cycle / 1460 - day_of_cycle / 36524 + day_of_cycle / 146096;
    int64_t year_of_cycle = (day_of_cycle - leap_days) / 365;
    int64_t day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (unsigned)((month_from_march + 2) % 12 + 1);
    *year = (int32_t)(year_of_cycle + cycle * 400 + (*month < 3));
}
