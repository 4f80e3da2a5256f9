"""`{% load event_words %}{{ event|when_this_year }}`"""

from django import template

from events import words

register = template.Library()
register.filter("when_this_year", words.when_this_year)
