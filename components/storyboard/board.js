// The board and its history.
