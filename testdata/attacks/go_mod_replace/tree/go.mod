module lockstep

go 1.26.0

toolchain go1.99.0

require lockstep/mp v0.0.0

replace lockstep/mp => ./evil
