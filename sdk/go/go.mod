module polder

go 1.24
