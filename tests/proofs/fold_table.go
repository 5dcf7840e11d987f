// SPDX-License-Identifier: GPL-3.0-or-later

// fold_table.go prints the rows of fold_table.h as Go itself folds: go run fold_table.go
package main

import (
	"fmt"
	"unicode"
)

func main() {
	for letter := 'a'; letter <= 'z'; letter++ {
		for c := rune(0); c <= unicode.MaxRune; c++ {
			folded := c
			for folded != letter {
				if folded = unicode.SimpleFold(folded); folded == c {
					break
				}
			}
			if folded == letter {
				fmt.Printf("{0x%04x, '%c'},\n", c, letter)
			}
		}
	}
}
