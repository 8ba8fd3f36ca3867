"""Which configuration holds where no file is named, and where each value came from."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import SCORE, folder, good, refused, table

BASE = ('tern: 1\ninstruments: [BTC-USD]\naccount: {USD: "1000"}\nseed: 1\ncycle: 1s\n'
        'risk: {drawdown_max: 0.5, daily_loss_max: "1", cash_reserve: "1"}\n')


def write(home, name, text):
    path = os.path.join(home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def values(home, *more, **environment):
    text = good('config', 'show', *more, home=home, cwd=home, **environment)
    return {row['key']: (row['value'], row['origin']) for row in table(text, 'config')}


def test_nothing_there():
    with folder() as home:
        error = refused(3, 'config', 'show', home=home, cwd=home, says='there is no file')
        tap.check('tern.yaml' in error['allowed'], error)
        tap.check('/.config/tern/config.yaml' in error['allowed'], error)


def test_every_source_over_the_one_before():
    with folder() as home:
        user = '.config/tern/config.yaml'
        write(home, user, BASE)
        full = os.path.join(home, user)
        found = values(home)
        tap.equal(found['seed'], ('1', full + ':4'))
        tap.equal(found['risk.drawdown_max'], ('0.5', full + ':6'))
        tap.equal(found['log.level'][1], 'default')
        write(home, 'tern.yaml', 'tern: 1\nrisk: {drawdown_max: 0.4}\n')
        found = values(home)
        tap.equal(found['risk.drawdown_max'], ('0.4', 'tern.yaml:2'))
        tap.equal(found['risk.daily_loss_max'], ('1', full + ':6'))
        # A profile's file beside the user's; one beside the project's wins.
        write(home, '.config/tern/profiles/paper.yaml', 'tern: 1\nrisk: {drawdown_max: 0.3}\n')
        tap.equal(values(home, '--profile', 'paper')['risk.drawdown_max'][0], '0.3')
        write(home, 'profiles/paper.yaml', 'tern: 1\nrisk: {drawdown_max: 0.25}\n')
        found = values(home, '--profile', 'paper')
        tap.equal(found['risk.drawdown_max'], ('0.25', 'profiles/paper.yaml:2'))
        tap.equal(found['profile'], ('paper', '--profile'))
        tap.equal(values(home, '--profile', 'prod')['risk.drawdown_max'][0], '0.4')
        # The profile may be set by any source.
        tap.equal(values(home, TERN_PROFILE='paper')['risk.drawdown_max'][0], '0.25')
        write(home, '.env', '# ours\nOTHER=x\nexport TERN_RISK__DRAWDOWN_MAX="0.2"\nTERN_SEED=5\n')
        found = values(home, TERN_PROFILE='paper')
        tap.equal(found['risk.drawdown_max'], ('0.2', '.env: TERN_RISK__DRAWDOWN_MAX'))
        tap.equal(found['profile'], ('paper', 'TERN_PROFILE'))
        found = values(home, '--profile', 'dev', TERN_PROFILE='paper', TERN_SEED='6')
        tap.equal(found['seed'], ('6', 'TERN_SEED'))
        tap.equal(found['profile'], ('dev', '--profile'))


def test_as_a_document():
    with folder() as home:
        write(home, 'tern.yaml', BASE)
        document = json.loads(good('config', 'show', '--json', home=home, cwd=home))
        rows = {row['key']: row for row in document['values']}
        tap.equal(rows['seed']['origin'], 'tern.yaml:4')
        tap.equal(rows['log.level']['origin'], 'default')


def test_places_of_xdg():
    with folder() as home:
        write(home, 'x/tern/config.yaml', BASE)
        tap.equal(values(home, XDG_CONFIG_HOME=os.path.join(home, 'x'))['seed'][0], '1')
        refused(3, 'config', 'show', home=home, cwd=home, XDG_CONFIG_HOME='x')


def test_what_is_wrong_names_its_source():
    with folder() as home:
        write(home, 'tern.yaml', BASE)
        for variable, value, says in [
                ('TERN_RISK__DRAWDOWN_MA', '1', 'did you mean "drawdown_max"?'),
                ('TERN_RISK__DRAWDOWN_MAX', '7', 'allowed: '),
                ('TERN_SEED', 'soon', 'allowed: '),
                ('TERN_PROFILE', '../../x', 'allowed: demo, dev, paper'),
                ('TERN_seed', '1', 'TERN_RISK__DRAWDOWN_MAX')]:
            error = refused(5, 'config', 'show', home=home, cwd=home, says=says,
                            **{variable: value})
            tap.check(error['where'].startswith(variable), error)
        write(home, '.env', 'A=1\nTERN_SEED\n')
        refused(5, 'config', 'show', home=home, cwd=home, says='.env:2')
        write(home, '.env', 'TERN_SEED=many\n')
        refused(5, 'config', 'show', home=home, cwd=home, says='.env: TERN_SEED')
        os.remove(os.path.join(home, '.env'))
        write(home, 'profiles/dev.yaml', 'tern: 1\nsed: 2\n')
        refused(5, 'config', 'show', '--profile', 'dev', home=home, cwd=home,
                says='profiles/dev.yaml:2: sed')
        write(home, 'tern.yaml', 'tern: [')
        refused(5, 'config', 'show', home=home, cwd=home, says='tern.yaml:')


def test_conventions_of_indicators():
    """The file's, a bot's own instead, and the layers above; what is none says what there is."""
    with folder() as home:
        bots = ('  - {name: a, kind: macd, instrument: BTC-USD}\n'
                '  - {name: b, kind: rsi, instrument: BTC-USD, convention: tulip}\n'
                '  - {name: c, kind: donchian, instrument: BTC-USD}\n')
        write(home, 'tern.yaml', BASE + 'convention: classic\nbots:\n' + bots)
        found = values(home)
        tap.equal(found['convention'], ('classic', 'tern.yaml:7'))
        tap.equal(found['bots[1].convention'], ('tulip', 'tern.yaml:10'))
        tap.equal(values(home, TERN_CONVENTION='talib')['convention'],
                  ('talib', 'TERN_CONVENTION'))
        error = refused(5, 'config', 'show', home=home, cwd=home, TERN_CONVENTION='wilder',
                        says='wilder')
        tap.equal(error['allowed'], 'talib, tulip or classic')
        write(home, 'tern.yaml',
              BASE + 'bots:\n' + bots.replace('donchian', 'donchian, convention: talib'))
        error = refused(5, 'config', 'show', home=home, cwd=home, says='does not go with')
        tap.check(error['where'].startswith('tern.yaml:10: bots[2].convention'), error)


def test_a_named_file_stands_alone():
    with folder() as home:
        write(home, 'tern.yaml', 'tern: [')
        text = good('config', 'show', '--origin', SCORE, home=home, cwd=home, TERN_SEED='9')
        tap.equal(table(text, 'config')[0]['key'], 'tern')
        text = good('config', 'show', '--profile', 'observe', '--origin', SCORE, home=home,
                    cwd=home)
        rows = {row['key']: row for row in table(text, 'config')}
        tap.equal((rows['profile']['value'], rows['profile']['origin']), ('observe', '--profile'))


tap.main()
