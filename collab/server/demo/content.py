"""What the demo is made of: a movement around Lyon. Places are real communes; people and groups are invented."""

from dataclasses import dataclass, field

# INSEE codes: Lyon's arrondissements, then its neighbours.
COMMUNES = [
    *("69381", "69383", "69387", "69388", "69389"),
    *("69266", "69259", "69029", "69034", "69149", "69256", "69290", "69091", "69282", "69264"),
]

ORGANIZER, MEMBER, NEWCOMER = "organisatrice", "membre", "nouveau"

# The first three are the ones whose login links are printed.
NAMES = [
    *("Inès Garnier", "Karim Benali", "Lucas Moreau", "Aïcha Diallo", "Émile Fontaine", "Chloé Perrin"),
    *("Mehdi Haddad", "Solène Le Goff", "Thomas Roux", "Fatou Sarr", "Julie Blanc", "Nadia Cherif"),
    *("Hugo Marchand", "Léa Bonnet", "Samir Kaci", "Margaux Vidal", "Antoine Rey", "Yasmine Toumi"),
    *("Paul Mercier", "Élodie Faure", "Omar Bakri", "Camille Girard", "Noé Chevalier", "Zoé Lambert"),
    *("Rachid Amrani", "Manon Dupuis", "Gaël Kervella", "Sarah Cohen", "Victor Picard", "Leïla Mansouri"),
    *("Baptiste Colin", "Anaïs Renard", "Théo Barbier", "Mariam Traoré", "Jeanne Leclerc", "Adrien Masson"),
    *("Louise Noël", "Idriss Benamar", "Clara Meunier", "Martin Olivier"),
]


@dataclass(frozen=True, slots=True)
class DemoGroup:
    name: str
    commune: str
    description: str
    size: int
    events: tuple[tuple[str, int, int, str, str], ...] = field(default=())  # title, days from now, hour, place, text


GROUPS = [
    DemoGroup(
        "Guillotière en commun",
        "69387",
        "Le groupe d’action du 7e arrondissement. On se retrouve chaque mardi : porte-à-porte, entraide, "
        "et un café des habitantes et habitants le premier samedi du mois.\n\n"
        "Tout le monde peut venir, sans rien savoir faire.",
        18,
        (
            ("Assemblée du groupe : notre printemps", 0, 18, "Maison du peuple, 12 rue de la Thibaudière",
             "On décide ensemble des trois actions du printemps. Ordre du jour dans la salle ; on peut venir à distance."),
            ("Café des habitantes et habitants", 4, 10, "Place Mazagran", "Une table, du café, et la parole à qui passe."),
            ("Porte-à-porte à la Guillotière", 9, 18, "Métro Guillotière, sortie sud",
             "Par deux, deux heures, avec une formation de vingt minutes avant de partir."),
        ),
    ),
    DemoGroup(
        "Villeurbanne populaire",
        "69266",
        "Gratte-Ciel, Cusset, le Tonkin : on défend les services publics de proximité et les loyers.",
        14,
        (
            ("Permanence logement", 2, 17, "Salle Jean-Moulin, 3 place Chanoine-Boursier",
             "Aide aux démarches, lecture des baux, orientation vers les associations."),
            ("Projection-débat : l’eau, un bien commun", 7, 20, "Cinéma associatif du Tonkin", "Projection puis discussion."),
            ("Réunion de rentrée des nouvelles et nouveaux", 12, 19, "Café le Rêve",
             "On explique comment marche le groupe, et chacune, chacun choisit par quoi commencer."),
        ),
    ),
    DemoGroup(
        "Vénissieux – Minguettes",
        "69259",
        "Transports, école, hôpital : un groupe de quartier qui agit et qui gagne.",
        11,
        (
            ("Pique-nique des familles", 5, 12, "Parc des Minguettes", "Apportez de quoi partager."),
            ("Réunion sur la ligne de bus 93", 3, 18, "Centre social Roger-Vailland",
             "Préparation de la délégation : témoignages, chiffres, courrier."),
        ),
    ),
    DemoGroup(
        "Croix-Rousse en lutte",
        "69384",
        "Les pentes et le plateau : écoles, loyers, rues aux enfants.",
        9,
        (
            ("Distribution au marché", 6, 9, "Boulevard de la Croix-Rousse, devant la mairie", "Une heure, puis un café."),
            ("Atelier d’écriture du journal de quartier", 8, 19, "Librairie la Virevolte",
             "On écrit à plusieurs, dans le document du groupe."),
        ),
    ),
    DemoGroup(
        "Vallée du Gier solidaire",
        "69091",
        "Givors, Grigny et autour : l’industrie, les soins, les trains.",
        7,
        (
            ("Rencontre avec les usagers du train", 10, 18, "Gare de Givors-Ville", "Pour écrire le cahier de doléances."),
            ("Soirée chants de lutte", 14, 20, "Salle Georges-Brassens", "Entrée libre, buvette solidaire."),
        ),
    ),
]  # fmt: skip

MINUTES = """# Compte rendu de la réunion du groupe
Présentes et présents : quatorze personnes, dont trois nouvelles. Animation : Inès et Karim. Notes : Solène.
## 1. Retour sur le porte-à-porte
Quatre-vingt-douze portes, cinquante et une conversations, neuf personnes souhaitent être rappelées.
Ce qui revient le plus : les charges qui ont doublé, l’ascenseur en panne depuis novembre, la ligne de bus du soir.
Décision : un courrier au bailleur, signé par les locataires, remis en délégation avant la fin du mois.
## 2. Café des habitantes et habitants
La place Mazagran convient. Il manque une sono légère ; Mehdi demande à l’association voisine.
Décision : on garde le premier samedi du mois, de 10 h à 12 h, et on tient un cahier où chacun peut écrire.
## 3. Préparation de l’assemblée
Trois propositions d’actions sont inscrites à l’ordre du jour. Elles sont discutées d’abord en petits groupes, puis soumises au vote.
Prochaine réunion : mardi, 18 h 30."""

LEAFLET = """# Nos loyers, nos vies
Depuis deux ans les charges augmentent plus vite que les salaires. Ce n’est pas une fatalité : dans trois résidences du quartier, des locataires ensemble ont obtenu le remboursement d’un trop-perçu.
## Ce que nous demandons
Le détail des charges, poste par poste, affiché dans chaque hall.
La remise en service des ascenseurs sous quarante-huit heures.
Le gel des loyers jusqu’à la fin des travaux.
## Venez
Permanence chaque jeudi à 17 h. On lit les baux, on compte, on écrit ensemble."""

JOURNAL = """# Le journal des pentes, numéro 4
Ce numéro s’écrit à plusieurs : ajoutez, corrigez, signez.
## L’école de la rue Neyret garde sa classe
Vingt-six familles, une pétition, trois rendez-vous : l’inspection a reculé. Récit de la mobilisation par les parents d’élèves.
## La rue aux enfants
Chaque mercredi, de 14 h à 18 h, la rue est fermée aux voitures. On cherche des bénévoles pour tenir les barrières."""

DOCUMENTS = [
    ("Compte rendu du mardi", 0, MINUTES),
    ("Tract loyers", 1, LEAFLET),
    ("Le journal des pentes", 3, JOURNAL),
]

AGENDA = [
    ("Accueil et tour de table", 10),
    ("Bilan des actions de l’hiver", 20),
    ("Les trois actions du printemps", 30),
    ("Qui fait quoi", 15),
]
QUESTION = "Faisons-nous du logement notre première action du printemps ?"
CHAT = [
    (3, "Bonsoir à toutes et tous ! On attend encore deux minutes les personnes qui prennent le bus."),
    (6, "Bonsoir, je suis à distance, le son est bon."),
    (4, "L’ordre du jour est dans l’onglet Assemblée, les notes se prennent à plusieurs."),
    (9, "J’ai mis les chiffres du porte-à-porte dans le compte rendu."),
]
