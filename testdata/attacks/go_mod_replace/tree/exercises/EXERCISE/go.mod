module evil

go 1.99
