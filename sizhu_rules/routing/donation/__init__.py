"""定向与不定向捐赠: where a donation goes to be carried out."""
